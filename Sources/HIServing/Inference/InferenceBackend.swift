public import HIData
public import HIModels
public import HITransport
public import NIOCore

/// A model that a server can serve.
public protocol InferenceBackend: Sendable {
  /// What is served; requests are checked against it before they reach a worker.
  var description: ServedModelDescription { get }

  /// The manifest of the bundle behind it; nil where there is none.
  var manifest: ModelManifest? { get }

  /// Makes the state that one inference thread uses: a session of its own.
  ///
  /// It is called on the thread that will use the worker.
  func makeWorker() throws -> any InferenceWorker
}

extension InferenceBackend {
  /// No manifest, unless the backend says otherwise.
  public var manifest: ModelManifest? { nil }
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

  /// The same for a worker whose work can take as long as it is given: one that asks other servers.
  ///
  /// - Parameters:
  ///   - samples: at least one, each of the type and shape of the backend's description.
  ///   - deadline: when the first of the samples' clients stops to wait.
  /// - Returns: one output a sample, in their order.
  mutating func run(_ samples: [Sample], deadline: NIODeadline) throws -> [ModelOutput]
}

extension InferenceWorker {
  /// Takes the time that it takes.
  public mutating func run(_ samples: [Sample], deadline: NIODeadline) throws -> [ModelOutput] {
    try run(samples)
  }
}
