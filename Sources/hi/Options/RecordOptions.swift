import ArgumentParser
import Foundation
import HIData
import HIPlanning
import HITrace

/// What a command keeps of what happens.
struct RecordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An SQLite file to write what happens to: exits, decision, answer, latencies.",
      discussion: "It goes on with a recording of the same models."),
    completion: .file())
  var record: String?

  @Flag(help: "Keep the samples' bytes too; with --record.")
  var recordInputs = false

  func validate() throws {
    if record == nil, recordInputs {
      throw ValidationError("--record-inputs says what --record keeps: give it too.")
    }
  }

  /// Opens the file; nil where nothing is kept.
  func recorder(_ metadata: RecordingMetadata) throws -> RunRecorder? {
    try record.map { try RunRecorder(URL(filePath: $0), metadata: metadata) }
  }

  /// The bytes to keep.
  func input(of sample: @autoclosure () -> Sample) -> [UInt8]? {
    recordInputs ? Array(sample().bytes) : nil
  }
}

extension RecordingMetadata {
  /// What a recording of a local model under a policy is of.
  init(_ local: TraceMetadata, under document: PolicyDocument) {
    self.init(
      local: local, remoteName: document.remote?.name ?? "",
      remoteDigest: document.remote?.digest ?? "")
  }
}

extension RecordingStatistics {
  /// Says what was not written.
  func tell(_ path: String, _ say: (String) -> Void = Terminal.note) {
    if dropped > 0 {
      say("\(dropped) records came faster than the disk took them and are not in \(path).")
    }
    if lost > 0 {
      say(
        "\(lost) records could not be written to \(path) "
          + "(\(failure ?? "")): make room, or record elsewhere.")
    }
  }
}
