public import HIData
public import NIOCore

/// One client's request on its way through a model's scheduler, whatever protocol it came by.
public struct InferenceRequest: Sendable {
  /// What to classify; all of them are answered together.
  public let samples: [Sample]
  /// Who goes first when requests wait.
  public let priority: InferencePriority
  /// When the request's last byte was read.
  public let received: NIODeadline
  /// When nobody waits for the answer any more; work is dropped when it passes in the queue.
  public let deadline: NIODeadline
  /// The span that what happens to the request belongs to; nil where nobody traces.
  public let trace: RequestTrace?
  /// Takes the outcome, exactly once, on any thread; it must not block.
  public let reply: @Sendable (InferenceOutcome) -> Void

  /// Makes a request.
  public init(
    samples: [Sample], priority: InferencePriority = .normal, received: NIODeadline = .now(),
    deadline: NIODeadline = .distantFuture, trace: RequestTrace? = nil,
    reply: @escaping @Sendable (InferenceOutcome) -> Void
  ) {
    self.samples = samples
    self.priority = priority
    self.received = received
    self.deadline = deadline
    self.trace = trace
    self.reply = reply
  }
}

/// Who goes first when requests wait.
public enum InferencePriority: Sendable, CaseIterable {
  /// Goes before normal requests, which still get a bounded share of the model.
  case high
  /// Every request that does not say otherwise.
  case normal
}

/// How a request ended in the scheduler.
public enum InferenceOutcome: Sendable, Equatable {
  /// One answer a sample, in their order.
  case answered([ModelAnswer])
  /// The deadline had passed before the model would have run.
  case expired
  /// The model failed; its words.
  case failed(String)
}
