public import HIData
public import HITransport

/// What became of a request that a served model was asked, for whoever keeps a record of it.
public struct ServedRequest: Sendable {
  /// Takes them, on any thread; it must not block.
  public typealias Observer = @Sendable (ServedRequest) -> Void

  /// The model that was asked.
  public let model: ServedModelDescription
  /// Its version.
  public let version: String
  /// What it was asked about.
  public let samples: [Sample]
  /// One answer a sample, in their order, or why there are none.
  public let result: Result<[ModelAnswer], InferenceFailure>
}

extension InferenceFailure {
  /// The kind of failure without its words: `overloaded`, `deadlineExceeded` …
  public var reason: String {
    switch self {
    case .overloaded: "overloaded"
    case .deadlineExceeded: "deadlineExceeded"
    case .failed: "modelFailed"
    case .shuttingDown: "shuttingDown"
    }
  }
}
