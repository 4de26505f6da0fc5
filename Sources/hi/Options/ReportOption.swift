import ArgumentParser
import Foundation
import HIReport

/// `--report FILE`: what came out, as one page.
struct ReportOption: ParsableArguments {
  @Option(
    help: "Also write what came out, with its figures, as one HTML page to this file.",
    completion: .file(extensions: ["html"]))
  var report: String?

  var isAsked: Bool { report != nil }

  func validate() throws {
    if let report { try Self.checkFolder(of: report) }
  }

  /// Writes the page if it was asked for.
  func write(_ material: @autoclosure () throws -> ReportMaterial) throws {
    guard let report else { return }
    try Report(material()).write(.html, to: report)
    Terminal.note("wrote \(report)")
  }

  /// Refuses a place that cannot be written to before a long run, not after it.
  static func checkFolder(of path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw ValidationError(
        "The report \(path) would lie in \(folder), which is no folder; make it.")
    }
  }
}

extension Provenance {
  /// What this process was asked to do.
  static var ofThisCommand: Provenance {
    Provenance(command: ["hi"] + CommandLine.arguments.dropFirst())
  }
}
