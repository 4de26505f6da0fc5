#if OpenInference
  internal import GRPCCore
  internal import SwiftProtobuf

  /// gRPC health checking: the empty service and the protocol's own are serving while the server is
  /// ready.
  struct HealthRPCs: Grpc_Health_V1_Health.SimpleServiceProtocol {
    let service: OpenInferenceService

    func check(
      request: Grpc_Health_V1_HealthCheckRequest, context: ServerContext
    ) async throws -> Grpc_Health_V1_HealthCheckResponse {
      guard ["", "inference.GRPCInferenceService"].contains(request.service) else {
        throw RPCError(
          code: .notFound, message: "There is no service \"\(request.service)\" here to be checked."
        )
      }
      return .with { $0.status = service.isReady ? .serving : .notServing }
    }

    func watch(
      request: Grpc_Health_V1_HealthCheckRequest,
      response: RPCWriter<Grpc_Health_V1_HealthCheckResponse>, context: ServerContext
    ) async throws {
      throw RPCError(
        code: .unimplemented, message: "Watching is not supported here; ask by Check now and then.")
    }
  }
#endif
