#if OpenInference
  internal import HIServing
  internal import HTTPTypes
  internal import Hummingbird

  /// Turns whatever a route throws into the protocol's error; an unknown path has one too.
  struct RESTErrors: RouterMiddleware {
    typealias Context = RESTContext

    let refusals: Refusals

    func handle(
      _ request: Request, context: RESTContext,
      next: (Request, RESTContext) async throws -> Response
    ) async throws -> Response {
      var reason: String?
      let response: Response
      do {
        response = try await next(request, context)
      } catch {
        let failure = RESTFailure(error, method: request.method, path: request.uri.path)
        response = failure.answer.response
        reason = failure.reason
      }
      refusals.note(
        response.status, method: request.method, path: request.uri.path, peer: context.peer,
        reason: reason)
      return response
    }
  }

  extension Refusals {
    /// Takes note of an answer over REST, where it is a refusal.
    func note(
      _ status: HTTPResponse.Status, method: HTTPRequest.Method, path: String,
      peer: @autoclosure () -> String?, reason: String?
    ) {
      // A server that is not ready says so to every probe, which is no refusal.
      guard status.code >= 400, !path.hasPrefix("/v2/health/") else { return }
      note(
        .http, status: "\(status.code)", isOwnFault: status.code == 500,
        target: "\(method.rawValue) \(path.prefix(200))", peer: peer(),
        reason: reason ?? status.reasonPhrase)
    }
  }
#endif
