#if OpenInference
  internal import GRPCCore
  internal import HIServing

  /// Lets calls through whose metadata show a token: `authorization: Bearer TOKEN`.
  ///
  /// Whether the server lives and is ready everybody may ask.
  struct GRPCAuthorisation: ServerInterceptor {
    let tokens: AcceptedTokens

    private static let open: Set<String> = [
      "inference.GRPCInferenceService/ServerLive", "inference.GRPCInferenceService/ServerReady",
      "grpc.health.v1.Health/Check", "grpc.health.v1.Health/Watch",
    ]

    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingServerRequest<Input>, context: ServerContext,
      next:
        @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
        StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
      let shown = request.metadata[stringValues: "authorization"].first { _ in true }
      guard
        Self.open.contains(context.descriptor.fullyQualifiedMethod)
          || tokens.admits(authorization: shown)
      else {
        throw RPCError(
          code: .unauthenticated,
          message: "The server asks for a token that it knows: send it as `authorization: Bearer "
            + "TOKEN`.")
      }
      return try await next(request, context)
    }
  }
#endif
