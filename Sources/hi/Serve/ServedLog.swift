import Foundation
import HIServing
import HITrace
import HITransport

/// What a plain server keeps of what it answers.
struct ServedLog: Sendable {
  private let recorder: ServedRecorder
  private let options: RecordOptions
  private let path: String

  /// Opens the recording; nil where nothing is kept.
  init?(_ options: RecordOptions) throws {
    guard let path = options.record else { return nil }
    self.path = path
    self.options = options
    recorder = try ServedRecorder(URL(filePath: path))
  }

  /// Keeps one row a sample; the sample itself only where the model was to be asked. What is refused
  /// comes faster than the disk takes it.
  func took(_ request: ServedRequest) {
    let isRefused =
      switch request.result {
      case .failure(.overloaded), .failure(.shuttingDown): true
      default: false
      }
    for (place, sample) in request.samples.enumerated() {
      var record = ServedRecord(
        model: request.model.name, version: request.version, digest: request.model.digest,
        status: "ok", input: isRefused ? nil : options.input(of: sample))
      switch request.result {
      case .success(let answers):
        let answer = answers[place]
        record.prediction = answer.prediction
        record.confidence = answer.confidence
        record.queueMs = answer.timing.queue / .milliseconds(1)
        record.computeMs = answer.timing.compute / .milliseconds(1)
        record.batchSize = answer.timing.batchSize
      case .failure(let failure): record.status = failure.reason
      }
      recorder.record(record)
    }
  }

  /// Writes what waits, and says what was not written.
  func finish(saying say: (String) -> Void) {
    recorder.finish().tell(path, say)
  }
}
