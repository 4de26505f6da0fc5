/// Why a request of the Open Inference Protocol has no answer: what kind of failure it is, and one
/// sentence for the person who sent it.
public struct OpenInferenceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, as the two front ends tell it apart.
  public enum Kind: Sendable, Equatable, CaseIterable {
    /// The request is not one of the protocol, or not one that the model takes.
    case badRequest
    /// There is no such model, version or path.
    case notFound
    /// The request is larger than the server takes.
    case tooLarge
    /// The body is compressed in a way that is not read here.
    case unsupportedEncoding
    /// The queue is full, the server shuts down or the model is not ready.
    case overloaded
    /// The request's deadline passed before there was an answer.
    case deadlineExceeded
    /// Another model is served than the one that the request asks for.
    case otherModel
    /// The protocol has it and this server does not.
    case unsupported
    /// The model failed on the request.
    case failed

    /// The HTTP status that says so.
    public var httpStatus: Int {
      switch self {
      case .badRequest: 400
      case .notFound: 404
      case .otherModel: 412
      case .tooLarge: 413
      case .unsupportedEncoding: 415
      case .failed: 500
      case .unsupported: 501
      case .overloaded: 503
      case .deadlineExceeded: 504
      }
    }
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// One sentence: what was expected, what was found, what to do.
  public let message: String

  /// Makes an error.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The message.
  public var description: String { message }

  static func badRequest(_ message: String) -> Self { Self(.badRequest, message) }
}
