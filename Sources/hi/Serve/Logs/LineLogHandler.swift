import Foundation
import Logging

/// Writes log lines to standard error, as text for people or as JSON for machines.
struct LineLogHandler: LogHandler {
  /// How a line looks.
  enum Format: String, CaseIterable, NamedChoice {
    /// The sentence, after its level unless it is information, before what belongs to it.
    case text
    /// One JSON object: `time`, `level`, `logger`, `message`, and what belongs to it.
    case json
  }

  let label: String
  let format: Format
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  /// Where lines go.
  var lines = LogLines.standardError

  init(label: String, format: Format, level: Logger.Level) {
    self.label = label
    self.format = format
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadata
    if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
    if let own = event.metadata { fields.merge(own) { $1 } }
    lines.append { lost in
      if lost > 0 { fields["lines_lost"] = .stringConvertible(lost) }
      let line =
        switch format {
        case .text: Self.text(event.level, "\(event.message)", fields)
        case .json: Self.json(label, event.level, "\(event.message)", fields, at: Date())
        }
      return line + "\n"
    }
  }

  private static func text(
    _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata
  ) -> String {
    let prefix = level == .info ? "" : "\(level): "
    let suffix = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    return prefix + message + suffix
  }

  private static func json(
    _ label: String, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata,
    at time: Date
  ) -> String {
    var object = fields.mapValues { "\($0)" }
    object["time"] = time.formatted(
      Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
    object["level"] = level.rawValue
    object["logger"] = label
    object["message"] = message
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(object) else { return message }
    return String(decoding: bytes, as: UTF8.self)
  }
}
