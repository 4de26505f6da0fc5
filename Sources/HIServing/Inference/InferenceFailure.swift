/// Why a request has no answer.
public enum InferenceFailure: Error, Sendable, Equatable {
  /// The queue is full, or so long that the answer would come after the request's deadline.
  case overloaded
  /// The deadline passed in the queue.
  case deadlineExceeded
  /// The model failed; its words.
  case failed(String)
  /// The server is shutting down.
  case shuttingDown
}

extension InferenceFailure: CustomStringConvertible {
  /// One sentence: what happened and what to do.
  public var description: String {
    switch self {
    case .overloaded:
      "The server's queue is too long for this request: try again later or elsewhere."
    case .deadlineExceeded:
      "The request's deadline passed while it waited in the queue."
    case .failed(let reason): reason
    case .shuttingDown:
      "The server is shutting down: send the request to another one."
    }
  }
}
