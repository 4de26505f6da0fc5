#if OpenInference
  internal import HTTPTypes
  internal import HIServing
  internal import HITransport
  internal import Hummingbird

  /// The paths of the REST front end, and what answers them.
  struct RESTRoutes: Sendable {
    let service: OpenInferenceService
    let configuration: OpenInferenceConfiguration

    /// All routes but those to infer, which ``RESTInferenceHandler`` answers before they come here.
    func makeRouter() -> Router<RESTContext> {
      let router = Router(context: RESTContext.self)
      router.add(middleware: RESTErrors(refusals: configuration.refusals))
      if let tokens = configuration.tokens {
        router.add(middleware: RESTAuthorisation(tokens: tokens))
      }
      let v2 = router.group("v2")
      v2.get("") { _, _ in RESTDocuments.server() }
      v2.get("health/live") { _, _ in RESTDocuments.flag("live", true) }
      v2.get("health/ready") { _, _ in RESTDocuments.flag("ready", service.isReady) }
      for path in ["models/:model", "models/:model/versions/:version"] {
        addModelRoutes(to: v2.group(RouterPath(path)))
      }
      v2.get("models/stats") { _, _ in RESTDocuments.statistics(service.repository.models) }
      addRepositoryRoutes(to: v2.group("repository"))
      router.get("metrics") { _, _ in
        RESTDocuments.metrics(of: service, refusals: configuration.refusals.counts)
      }
      LiveRoutes(
        service: service, streams: LiveStreams(limit: configuration.maximumLiveStreams),
        interval: configuration.liveInterval
      ).add(to: router)
      return router
    }

    private func addModelRoutes(to group: RouterGroup<RESTContext>) {
      group.get("") { _, context in
        let model = try model(context)
        let versions = service.repository.models.filter { $0.name == model.name }.map(\.version)
        var response = RESTDocuments.metadata(of: model, versions: versions)
        response.headers[named: .modelDigest] = model.description.digest
        return response
      }
      group.get("ready") { _, context in
        let name = try name(context)
        return RESTDocuments.flag(
          "ready", try service.isReady(model: name, version: version(context)), name: name)
      }
      group.get("config") { _, context in
        RESTDocuments.configuration(of: try model(context), maximumBatch: service.maximumSamples)
      }
      group.get("stats") { _, context in RESTDocuments.statistics([try model(context)]) }
    }

    private func addRepositoryRoutes(to group: RouterGroup<RESTContext>) {
      group.post("index") { request, _ in
        let body = try await RESTBody.read(request, limit: configuration.maximumBodyBytes)
        return RESTDocuments.index(
          service.repository.index, readyOnly: try RepositoryRequest.wantsReadyOnly(body))
      }
      group.post("models/:model/load") { request, context in
        try await changeRepository(request, context) { (repository, name) throws(RepositoryError) in
          try await repository.load(name)
        }
      }
      group.post("models/:model/unload") { request, context in
        try await changeRepository(request, context) { (repository, name) throws(RepositoryError) in
          try await repository.unload(name)
        }
      }
    }

    private func model(_ context: RESTContext) throws -> ServedModel {
      try service.model(named: name(context), version: version(context))
    }

    private func name(_ context: RESTContext) throws -> String {
      try context.parameters.require("model").unquoted
    }

    private func version(_ context: RESTContext) -> String? {
      context.parameters.get("version").map(\.unquoted)
    }

    private func changeRepository(
      _ request: Request, _ context: RESTContext,
      _ change: (ModelRepository, String) async throws(RepositoryError) -> Void
    ) async throws -> RESTAnswer {
      try configuration.checkRepositoryChange()
      let body = try await RESTBody.read(request, limit: configuration.maximumBodyBytes)
      try RepositoryRequest.checkChange(body)
      do {
        try await change(service.repository, name(context))
      } catch let error as RepositoryError {
        throw OpenInferenceError(error)
      }
      return RESTDocuments.empty()
    }
  }
#endif
