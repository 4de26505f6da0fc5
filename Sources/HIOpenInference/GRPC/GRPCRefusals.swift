#if OpenInference
  internal import GRPCCore
  internal import HIServing

  /// Takes note of calls that end without an answer.
  struct GRPCRefusals: ServerInterceptor {
    let refusals: Refusals

    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingServerRequest<Input>, context: ServerContext,
      next:
        @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
        StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
      do {
        let response = try await next(request, context)
        if case .failure(let error) = response.accepted { note(error, context) }
        return response
      } catch let error as RPCError {
        note(error, context)
        throw error
      }
    }

    private func note(_ error: RPCError, _ context: ServerContext) {
      // As of grpc-swift-nio-transport 2.9.2 a message that cannot be decompressed, or becomes too large by
      // it, is an internal error with these words; it is the client's.
      let isOwnFault =
        error.code == .internalError && error.message != "Failed to decode message"
      refusals.note(
        .grpc, status: "\(error.code)", isOwnFault: isOwnFault,
        target: context.descriptor.fullyQualifiedMethod, peer: context.remotePeer,
        reason: error.message)
    }
  }
#endif
