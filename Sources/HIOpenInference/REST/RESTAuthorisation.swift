#if OpenInference
  internal import HIServing
  internal import HTTPTypes
  internal import Hummingbird

  /// Lets through who shows a token, as RFC 6750 has it: `Authorization: Bearer TOKEN`.
  ///
  /// Whether the server lives and is ready everybody may ask: probes have no token, and learn nothing
  /// of the models. The live page may be had too: what it shows it has to ask for with a token.
  struct RESTAuthorisation: RouterMiddleware {
    typealias Context = RESTContext

    let tokens: AcceptedTokens

    func handle(
      _ request: Request, context: RESTContext,
      next: (Request, RESTContext) async throws -> Response
    ) async throws -> Response {
      guard
        ["/v2/health/live", "/v2/health/ready", LiveRoutes.page].contains(request.uri.path)
          || tokens.admits(authorization: request.headers[.authorization])
      else {
        throw RESTFailure.unauthorised
      }
      return try await next(request, context)
    }
  }
#endif
