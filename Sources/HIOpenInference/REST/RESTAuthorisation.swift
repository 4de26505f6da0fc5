#if OpenInference
  internal import HIServing
  internal import HTTPTypes
  internal import Hummingbird

  /// Lets through who shows a token, as RFC 6750 has it: `Authorization: Bearer TOKEN`.
  ///
  /// Whether the server lives and is ready everybody may ask: probes have no token, and learn nothing
  /// of the models.
  struct RESTAuthorisation: RouterMiddleware {
    typealias Context = BasicRequestContext

    let tokens: AcceptedTokens

    func handle(
      _ request: Request, context: BasicRequestContext,
      next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
      guard
        ["/v2/health/live", "/v2/health/ready"].contains(request.uri.path)
          || tokens.admits(authorization: request.headers[.authorization])
      else {
        var refusal = RESTDocuments.error(
          .unauthorized,
          "The server asks for a token that it knows: send it as `Authorization: Bearer TOKEN`.")
        refusal.headers[.wwwAuthenticate] = "Bearer"
        return refusal
      }
      return try await next(request, context)
    }
  }
#endif
