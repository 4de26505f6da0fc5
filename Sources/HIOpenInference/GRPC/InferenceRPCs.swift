#if OpenInference
  internal import GRPCCore
  internal import HIServing
  internal import HITransport
  internal import SwiftProtobuf

  /// The calls of the protocol's gRPC service.
  struct InferenceRPCs: Inference_GRPCInferenceService.ServiceProtocol {
    let service: OpenInferenceService
    let configuration: OpenInferenceConfiguration

    func modelInfer(
      request: ServerRequest<Inference_ModelInferRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelInferResponse> {
      let timeout = Self.timeout(request.metadata)
      let digest = request.metadata.text(ModelDigestHeader.name)
      return try await Self.answer { () throws(OpenInferenceError) in
        try await infer(request.message, by: digest, within: timeout)
      }
    }

    func modelStreamInfer(
      request: StreamingServerRequest<Inference_ModelInferRequest>, context: ServerContext
    ) async throws -> StreamingServerResponse<Inference_ModelStreamInferResponse> {
      let digest = request.metadata.text(ModelDigestHeader.name)
      // The call's own time is that of all its requests together.
      let end = Self.timeout(request.metadata).map { ContinuousClock.now + $0 }
      return StreamingServerResponse { writer in
        for try await message in request.messages {
          var response = Inference_ModelStreamInferResponse()
          do throws(OpenInferenceError) {
            response.inferResponse = try await infer(
              message, by: digest, within: end.map { max(.zero, $0 - .now) })
          } catch {
            response.errorMessage = error.message
            response.inferResponse.id = message.id
          }
          try await writer.write(response)
        }
        return [:]
      }
    }

    private func infer(
      _ message: Inference_ModelInferRequest, by digest: String?, within timeout: Duration?
    ) async throws(OpenInferenceError) -> Inference_ModelInferResponse {
      let model = try service.model(named: message.modelName, version: message.modelVersion)
      try ModelDigestHeader.check(digest, model)
      let request = try OpenInferenceRequest(message)
      return Inference_ModelInferResponse(
        try await service.infer(on: model, request, within: timeout, trace: CurrentCall.trace))
    }

    func serverLive(
      request: ServerRequest<Inference_ServerLiveRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ServerLiveResponse> {
      ServerResponse(message: .with { $0.live = true })
    }

    func serverReady(
      request: ServerRequest<Inference_ServerReadyRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ServerReadyResponse> {
      ServerResponse(message: .with { $0.ready = service.isReady })
    }

    func modelReady(
      request: ServerRequest<Inference_ModelReadyRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelReadyResponse> {
      // A model that there is not is not ready: clients take an error for a broken server.
      let isReady = try? service.isReady(
        model: request.message.name, version: request.message.version)
      return ServerResponse(message: .with { $0.ready = isReady ?? false })
    }

    func serverMetadata(
      request: ServerRequest<Inference_ServerMetadataRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ServerMetadataResponse> {
      ServerResponse(
        message: .with {
          $0.name = ServerFacts.name
          $0.version = ServerFacts.version
          $0.extensions = ServerFacts.extensions
        })
    }

    func modelMetadata(
      request: ServerRequest<Inference_ModelMetadataRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelMetadataResponse> {
      do throws(OpenInferenceError) {
        let model = try service.model(
          named: request.message.name, version: request.message.version)
        let versions = service.repository.models.filter { $0.name == model.name }.map(\.version)
        var metadata = Metadata()
        metadata.addString(model.description.digest, forKey: ModelDigestHeader.name)
        return ServerResponse(
          message: Inference_ModelMetadataResponse(model, versions: versions), metadata: metadata)
      } catch {
        throw RPCError(error)
      }
    }

    func modelConfig(
      request: ServerRequest<Inference_ModelConfigRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelConfigResponse> {
      try await Self.answer { () throws(OpenInferenceError) in
        let model = try service.model(
          named: request.message.name, version: request.message.version)
        let config = Inference_ModelConfig(model, maximumBatch: service.maximumSamples)
        return .with { $0.config = config }
      }
    }

    func modelStatistics(
      request: ServerRequest<Inference_ModelStatisticsRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_ModelStatisticsResponse> {
      try await Self.answer { () throws(OpenInferenceError) in
        let message = request.message
        let models =
          message.name.isEmpty
          ? service.repository.models
          : [try service.model(named: message.name, version: message.version)]
        return .with {
          $0.modelStats = models.map { Inference_ModelStatistics(StatisticsFact($0.snapshot)) }
        }
      }
    }

    func repositoryIndex(
      request: ServerRequest<Inference_RepositoryIndexRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_RepositoryIndexResponse> {
      let entries = service.repository.index.filter {
        !request.message.ready || $0.state == .ready
      }
      return ServerResponse(message: .with { $0.models = entries.map { .init($0) } })
    }

    func repositoryModelLoad(
      request: ServerRequest<Inference_RepositoryModelLoadRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_RepositoryModelLoadResponse> {
      try await Self.answer { () throws(OpenInferenceError) in
        try await change(request.message.parameters) { repository throws(RepositoryError) in
          try await repository.load(request.message.modelName)
        }
        return Inference_RepositoryModelLoadResponse()
      }
    }

    func repositoryModelUnload(
      request: ServerRequest<Inference_RepositoryModelUnloadRequest>, context: ServerContext
    ) async throws -> ServerResponse<Inference_RepositoryModelUnloadResponse> {
      try await Self.answer { () throws(OpenInferenceError) in
        try await change(request.message.parameters) { repository throws(RepositoryError) in
          try await repository.unload(request.message.modelName)
        }
        return Inference_RepositoryModelUnloadResponse()
      }
    }

    private func change(
      _ parameters: [String: Inference_ModelRepositoryParameter],
      _ change: (ModelRepository) async throws(RepositoryError) -> Void
    ) async throws(OpenInferenceError) {
      try configuration.checkRepositoryChange()
      for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
        try RepositoryRequest.checkParameter(
          name, isSet: value.parameterChoice != .boolParam(false))
      }
      do {
        try await change(service.repository)
      } catch {
        throw OpenInferenceError(error)
      }
    }

    /// Runs a call and gives its failure gRPC's form.
    private static func answer<Message: Sendable>(
      _ body: () async throws(OpenInferenceError) -> Message
    ) async throws -> ServerResponse<Message> {
      do throws(OpenInferenceError) {
        return ServerResponse(message: try await body())
      } catch {
        throw RPCError(error)
      }
    }

    /// How long the caller waits, nil where it does not say.
    static func timeout(_ metadata: Metadata) -> Duration? {
      GRPCTimeout.duration(metadata.text("grpc-timeout"))
    }
  }
#endif
