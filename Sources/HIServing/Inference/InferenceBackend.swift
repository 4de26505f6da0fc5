public import HIData
public import HIModels
public import HITransport
public import NIOCore
public import Tracing

/// A model that a server can serve.
public protocol InferenceBackend: Sendable {
  /// What is served; requests are checked against it before they reach a worker.
  var description: ServedModelDescription { get }

  /// The manifest of the bundle behind it; nil where there is none.
  var manifest: ModelManifest? { get }

  /// What it has counted where it asks other servers; nil where it does not.
  var tier: TierSnapshot? { get }

  /// Makes the state that one inference thread uses: a session of its own.
  ///
  /// It is called on the thread that will use the worker.
  func makeWorker() throws -> any InferenceWorker
}

extension InferenceBackend {
  /// No manifest, unless the backend says otherwise.
  public var manifest: ModelManifest? { nil }

  /// It asks nobody, unless the backend says otherwise.
  public var tier: TierSnapshot? { nil }
}

/// The model as one inference thread holds it.
public protocol InferenceWorker {
  /// Runs some samples together, blocking the thread until it is done.
  ///
  /// A model whose graph takes one sample at a time runs them one after the other.
  ///
  /// - Parameter samples: at least one, each of the type and shape of the backend's description.
  /// - Returns: one output a sample, in their order.
  /// - Throws: why the model failed; the text is sent to the client. The scheduler then runs each
  ///   request of the batch apart, so that a request that breaks the model takes no other with it.
  mutating func run(_ samples: [Sample]) throws -> [ModelOutput]

  /// The same for a worker that asks other servers, for whom somebody waits and somebody may trace.
  ///
  /// - Parameters:
  ///   - samples: at least one, each of the type and shape of the backend's description.
  ///   - callers: what is known of those who wait for them.
  /// - Returns: one output a sample, in their order.
  mutating func run(_ samples: [Sample], for callers: BatchCallers) throws -> [ModelOutput]
}

extension InferenceWorker {
  /// Takes the time that it takes.
  public mutating func run(
    _ samples: [Sample], for callers: BatchCallers
  ) throws -> [ModelOutput] {
    try run(samples)
  }
}

/// Those who wait for the samples of a batch.
public struct BatchCallers: Sendable {
  /// When the first of them stops to wait.
  public let deadline: NIODeadline
  /// When the first of their requests was read, however many batches were run of it before.
  public let received: NIODeadline
  /// One a sample: the trace that it belongs to. Empty where nobody traces any of them.
  public let contexts: [InstrumentationContext?]

  /// Makes the callers of a batch.
  public init(
    deadline: NIODeadline = .distantFuture, received: NIODeadline = .now(),
    contexts: [InstrumentationContext?] = []
  ) {
    self.deadline = deadline
    self.received = received
    self.contexts = contexts
  }

  /// How long other servers may still be waited for; zero where that time is over.
  ///
  /// - Parameters:
  ///   - limit: the most time for it from a request on, if nobody stops to wait earlier.
  ///   - now: the present.
  public func patience(atMost limit: Duration, at now: NIODeadline = .now()) -> Duration {
    let end = min(deadline, received + TimeAmount(limit))
    return max(.zero, .nanoseconds((end - now).nanoseconds))
  }
}
