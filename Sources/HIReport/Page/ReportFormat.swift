internal import Foundation
internal import HIData

/// How a report is written.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// One page.
  case html
  /// One drawing a figure, in a folder.
  case svg
  /// One table a figure, in a folder.
  case csv
}

extension Report {
  /// Writes the report.
  ///
  /// - Parameters:
  ///   - format: a page, or the pieces.
  ///   - path: the file of the page, or the folder of the pieces, which is made where it is missing.
  /// - Returns: the files that were written.
  /// - Throws: ``ReportError``.
  @discardableResult
  public func write(_ format: ReportFormat, to path: String) throws(ReportError) -> [String] {
    let pieces: [(name: String, text: String)]
    switch format {
    case .html:
      try Self.write(html, to: path)
      return [path]
    case .svg: pieces = figures.map { ("\($0.id).svg", $0.svg + "\n") }
    case .csv:
      pieces =
        figures.map { ("\($0.id).csv", $0.table.csv) }
        + sections.flatMap(\.tables).map { ("\($0.id).csv", $0.table.csv) }
    }
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch { throw .unwritable(path: path, reason: error.localizedDescription) }
    let folder = URL(filePath: path)
    var written: [String] = []
    for piece in pieces {
      let file = folder.appending(path: piece.name).path
      try Self.write(piece.text, to: file)
      written.append(file)
    }
    return written
  }

  private static func write(_ text: String, to path: String) throws(ReportError) {
    do {
      try UnfinishedFile.write(to: path) { try Data(text.utf8).write(to: URL(filePath: $0)) }
    } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
  }
}

/// Why a report cannot be made or written.
public enum ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file or folder that cannot be written.
  case unwritable(path: String, reason: String)
  /// The traces, the policy or the profile do not fit each other, or a decision cannot be trained.
  case unusable(reason: String)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "The report \(path) cannot be written (\(reason)); name a place in a folder that exists, may "
        + "be written to and has room."
    case .unusable(let reason): reason
    }
  }
}
