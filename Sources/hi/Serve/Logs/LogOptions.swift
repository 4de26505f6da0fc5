import ArgumentParser
import Logging

/// What a server says of itself on standard error, and how.
struct LogOptions: ParsableArguments {
  /// How much is said.
  enum Level: String, CaseIterable, NamedChoice {
    case debug, info, warning, error

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
  }

  @Option(
    help: "How log lines look on standard error: text or json.",
    completion: LineLogHandler.Format.completion, transform: LineLogHandler.Format.named)
  var logFormat = LineLogHandler.Format.text

  @Option(
    help: "The least that is logged: debug, info, warning or error.",
    completion: Level.completion, transform: Level.named)
  var logLevel = Level.info

  /// A logger under a name.
  func logger(_ label: String) -> Logger {
    let handler = LineLogHandler(label: label, format: logFormat, level: logLevel.level)
    return Logger(label: label) { _ in handler }
  }

  /// Makes what ends the command a line of the log where lines are for machines, which read nothing else.
  ///
  /// - Parameters:
  ///   - error: what ends it.
  ///   - logger: writes the line.
  /// - Returns: what is left to throw: the exit status alone where the line says it all. Wrong usage is told
  ///   as ever, since whoever typed it reads it.
  func told(of error: any Error, by logger: Logger) -> any Error {
    let status = HI.exitCode(for: error)
    guard logFormat == .json, !(error is ExitCode),
      ![.success, .validationFailure].contains(status)
    else { return error }
    logger.error("\(HI.message(for: error))")
    return status
  }
}
