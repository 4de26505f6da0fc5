import ArgumentParser
import Foundation
import HITrace

/// `hi trace info`: what a trace holds.
struct TraceInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Says what a trace was recorded from and how right its exits are.")

  @Argument(help: "The trace file.", completion: .file())
  var file: String

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    try TraceSummary(TraceFile.read(URL(filePath: file))).show(asJSON: json)
  }
}
