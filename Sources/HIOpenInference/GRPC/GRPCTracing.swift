#if OpenInference
  internal import GRPCCore
  internal import HIServing
  internal import HITracing
  internal import Tracing

  /// Makes a span of every call to infer, with OpenTelemetry's names for gRPC.
  struct GRPCTracing: ServerInterceptor {
    let tracer: any Tracer

    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingServerRequest<Input>, context: ServerContext,
      next:
        @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
        StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
      let method = context.descriptor.method
      guard ["ModelInfer", "ModelStreamInfer"].contains(method) else {
        return try await next(request, context)
      }
      let headers = TraceHeaders(
        parent: request.metadata.text(TraceHeaders.parentName),
        state: request.metadata.text(TraceHeaders.stateName))
      let trace = RequestTrace(
        context.descriptor.fullyQualifiedMethod, context: headers.context(by: tracer), by: tracer)
      trace.describe {
        $0["rpc.system"] = "grpc"
        $0["rpc.service"] = context.descriptor.service.fullyQualifiedService
        $0["rpc.method"] = method
        $0["network.peer.address"] = context.remotePeer
        $0["hi.front_end"] = FrontEnd.grpc.rawValue
      }
      do {
        var response = try await CurrentCall.$trace.withValue(trace) {
          try await next(request, context)
        }
        switch response.accepted {
        case .failure(let error): end(trace, error)
        case .success(var contents):
          // What a stream answers is made while it is written.
          let produce = contents.producer
          contents.producer = { writer in
            do {
              let metadata = try await CurrentCall.$trace.withValue(trace) {
                try await produce(writer)
              }
              trace.describe { $0["rpc.grpc.status_code"] = 0 }
              trace.end("ok")
              return metadata
            } catch {
              end(trace, error)
              throw error
            }
          }
          response.accepted = .success(contents)
        }
        return response
      } catch {
        end(trace, error)
        throw error
      }
    }

    private func end(_ trace: RequestTrace, _ error: any Error) {
      let code = (error as? RPCError)?.code ?? .unknown
      trace.describe { $0["rpc.grpc.status_code"] = code.rawValue }
      trace.end("\(code)", failure: (error as? RPCError)?.message ?? "\(error)")
    }
  }

  extension Metadata {
    /// The first text under a name.
    func text(_ name: String) -> String? { self[stringValues: name].first { _ in true } }
  }

  /// The call that the present task answers.
  enum CurrentCall {
    @TaskLocal static var trace: RequestTrace?
  }
#endif
