#if OpenInference
  internal import GRPCCore
  internal import HITransport

  /// Shows a token with every call, as `authorization: Bearer TOKEN` in its metadata.
  struct TokenShowing: ClientInterceptor {
    let token: BearerToken

    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingClientRequest<Input>, context: ClientContext,
      next: (StreamingClientRequest<Input>, ClientContext) async throws ->
        StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
      var request = request
      request.metadata.addString("Bearer \(token.characters)", forKey: "authorization")
      return try await next(request, context)
    }
  }
#endif
