internal import HIData
internal import NIOCore

/// A request on its way through the scheduler.
struct InferenceJob: Sendable {
  let sample: Sample
  /// When the request's last byte was read.
  let received: NIODeadline
  /// When nobody waits for the answer any more.
  let deadline: NIODeadline
  /// Takes the outcome, exactly once, on any thread; it must not block.
  let reply: @Sendable (InferenceOutcome) -> Void
}

/// How a request ended in the scheduler.
enum InferenceOutcome: Sendable, Equatable {
  /// The model's answer and the time since the request was received.
  case answer(prediction: Int, confidence: Float, microseconds: UInt32)
  /// The deadline had passed before the model would have run.
  case expired
  /// The model failed; its words.
  case failed(String)
}
