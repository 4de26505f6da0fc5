#if OpenInference
  internal import HTTPTypes
  internal import Hummingbird
  internal import NIOCore

  /// An answer over REST whose body is at hand whole.
  struct RESTAnswer: Sendable, Equatable {
    var status: HTTPResponse.Status
    /// All fields but those that every answer has: its length and the date.
    var headers: HTTPFields
    var body: [UInt8]
  }

  extension RESTAnswer: ResponseGenerator {
    /// The answer for Hummingbird to send.
    var response: Response {
      Response(
        status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    func response(from request: Request, context: some RequestContext) -> Response { response }
  }

  /// Why a request is not answered as it would like to be.
  struct RESTFailure: Error {
    /// What its client is told: the protocol's error, a JSON object with one sentence. Clients report a
    /// decoding failure for any other body.
    let answer: RESTAnswer
    /// What the operator is told; nil where the status says it all.
    let reason: String?

    /// A request without a token that the server knows.
    static let unauthorised: Self = {
      var answer = RESTDocuments.error(
        .unauthorized,
        "The server asks for a token that it knows: send it as `Authorization: Bearer TOKEN`.")
      answer.headers[.wwwAuthenticate] = "Bearer"
      return Self(answer: answer, reason: nil)
    }()

    private init(answer: RESTAnswer, reason: String?) {
      self.answer = answer
      self.reason = reason
    }

    /// What an error means for the request that ran into it.
    init(_ error: any Error, method: HTTPRequest.Method, path: String) {
      switch error {
      case let error as RESTFailure: self = error
      case let error as OpenInferenceError:
        answer = RESTDocuments.error(.init(code: error.kind.httpStatus), error.message)
        reason = error.message
      case let error as any HTTPResponseError where error.status == .notFound:
        answer = RESTDocuments.error(
          .notFound,
          "There is no \(method.rawValue) \(path) here; see GET /v2 for what the server has.")
        reason = nil
      case let error as any HTTPResponseError:
        answer = RESTDocuments.error(
          error.status, "The request was refused: \(error.status.reasonPhrase.lowercased()).")
        reason = nil
      case is CancellationError:
        answer = RESTDocuments.error(.serviceUnavailable, "The server is shutting down.")
        reason = nil
      default:
        answer = RESTDocuments.error(
          .internalServerError, "The server failed on this request; its log says why.")
        reason = "\(error)"
      }
    }
  }
#endif
