import ArgumentParser
import Foundation
import HIData
import HITrace

/// What a command keeps of what happens.
struct RecordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An SQLite file to write what happens to: exits, decision, answer, latencies.",
      discussion: "It goes on with a recording of the same models."),
    completion: .file())
  var record: String?

  @Option(
    help: ArgumentHelp(
      "The share of samples, drawn at random, that both models are asked about, 0 to 1.",
      discussion: "`hi calibrate --recording` needs them; with --record."))
  var shadow = 0.0

  @Flag(help: "Keep the samples' bytes too; with --record.")
  var recordInputs = false

  func validate() throws {
    guard (0...1).contains(shadow) else {
      throw ValidationError("--shadow is a share from 0 to 1, not \(shadow).")
    }
    if record == nil, shadow > 0 || recordInputs {
      throw ValidationError("--shadow and --record-inputs say what --record keeps: give it too.")
    }
  }

  /// Opens the file; nil where nothing is kept.
  func recorder(_ metadata: RecordingMetadata) throws -> RunRecorder? {
    try record.map { try RunRecorder(URL(filePath: $0), metadata: metadata) }
  }

  /// Whether both models are asked about this sample.
  func drawsShadow() -> Bool { shadow > 0 && Double.random(in: 0..<1) < shadow }

  /// The bytes to keep.
  func input(of sample: @autoclosure () -> Sample) -> [UInt8]? {
    recordInputs ? Array(sample().bytes) : nil
  }
}

extension RunRecorder {
  /// Writes the rest, and says what was not written.
  func finishTelling(_ path: String) {
    let statistics = finish()
    if statistics.dropped > 0 {
      Terminal.note(
        "\(statistics.dropped) records came faster than the disk took them and are not in \(path).")
    }
    if statistics.lost > 0 {
      Terminal.note(
        "\(statistics.lost) records could not be written to \(path) "
          + "(\(statistics.failure ?? "")): make room, or record elsewhere.")
    }
  }
}
