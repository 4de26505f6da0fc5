#if OpenInference
  internal import HTTPTypes
  internal import HIServing
  internal import HITransport
  internal import Hummingbird

  internal import Foundation

  /// The paths of the REST front end, and what answers them.
  struct RESTRoutes: Sendable {
    let service: OpenInferenceService
    let configuration: OpenInferenceConfiguration

    /// All routes. What goes before or beside them (authorisation, limits, metrics, a live page) is
    /// added to this router.
    func makeRouter() -> Router<RESTContext> {
      let router = Router(context: RESTContext.self)
      if let tracer = configuration.tracer { router.add(middleware: RESTTracing(tracer: tracer)) }
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
      group.post("infer") { request, context in
        try await infer(request, model: try model(context))
      }
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
      Self.decoded(try context.parameters.require("model"))
    }

    private func version(_ context: RESTContext) -> String? {
      context.parameters.get("version").map { Self.decoded($0) }
    }

    /// A part of a path as its client meant it: clients quote what may not stand in a URL.
    private static func decoded(_ part: String) -> String {
      part.utf8.contains(UInt8(ascii: "%")) ? part.removingPercentEncoding ?? part : part
    }

    private func infer(_ request: Request, model: ServedModel) async throws -> Response {
      try await FrontendExecutor.here {
        try ModelDigestHeader.check(request.headers[named: .modelDigest], model)
        let body = try await RESTBody.read(request, limit: configuration.maximumBodyBytes)
        let length = try RESTBody.headerLength(request)
        let parsed = try await FrontendExecutor.elsewhere(ifMore: body.count) {
          try Self.parsed(body, headerLength: length, for: model)
        }
        let response = try await service.infer(
          on: model, parsed.request, within: nil, trace: CurrentRequest.trace)
        return await FrontendExecutor.elsewhere(ifMore: response.byteCount) {
          RESTBody.response(RESTResponse(response, to: parsed), to: request)
        }
      }
    }

    private static func parsed(
      _ body: [UInt8], headerLength: Int?, for model: ServedModel
    ) throws -> RESTRequest {
      guard headerLength == 0 else {
        return try RESTRequest(body: body, headerLength: headerLength)
      }
      let tensor = try ModelInterface(model).tensor(ofRawBody: body)
      return RESTRequest(OpenInferenceRequest(inputs: [tensor]), hasBinaryOutput: true)
    }

    private func changeRepository(
      _ request: Request, _ context: RESTContext,
      _ change: (ModelRepository, String) async throws(RepositoryError) -> Void
    ) async throws -> Response {
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
