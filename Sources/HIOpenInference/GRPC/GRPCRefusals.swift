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
        target: context.descriptor.fullyQualifiedMethod, peer: Self.address(context.remotePeer),
        reason: error.message)
    }

    /// The address alone of the transport's `ipv4:127.0.0.1:50051` and `ipv6:[::1]:50051`, as the other
    /// protocols' lines have it; other forms as they are.
    static func address(_ peer: String) -> String {
      guard peer.hasPrefix("ipv4:") || peer.hasPrefix("ipv6:"),
        let port = peer.lastIndex(of: ":")
      else { return peer }
      return String(peer[..<port].dropFirst(5)).filter { $0 != "[" && $0 != "]" }
    }
  }
#endif
