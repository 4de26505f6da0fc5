public import HIData
public import HITransport

/// A model that a server can serve.
public protocol InferenceBackend: Sendable {
  /// What is served; requests are checked against it before they reach a worker.
  var description: ServedModelDescription { get }

  /// Makes the state that one inference thread uses: a session of its own.
  ///
  /// It is called on the thread that will use the worker.
  func makeWorker() throws -> any InferenceWorker
}

/// The model as one inference thread holds it.
public protocol InferenceWorker {
  /// Classifies one sample, blocking the thread until it is done.
  ///
  /// - Parameter sample: of the type and shape of the backend's description.
  /// - Returns: the class, an index into the description's classes, and the highest softmax value.
  /// - Throws: why the model failed on this sample; the text is sent to the client.
  mutating func classify(_ sample: Sample) throws -> (prediction: Int, confidence: Float)
}
