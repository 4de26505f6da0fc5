internal import HIData
public import HIServing
internal import NIOCore
internal import Synchronization

/// What the protocol asks of a server, without a network: both front ends hand their calls to it.
///
/// Models are looked up for every call, so that a model may be replaced while requests are served.
public final class OpenInferenceService: Sendable {
  /// The models that are served.
  public let repository: ModelRepository
  /// The most samples of one request.
  public let maximumSamples: Int
  /// What the wire server before the same models has counted; nil where there is none.
  let serverSnapshot: (@Sendable () -> ServerSnapshot)?
  private let draining = Atomic(false)
  private let started = ContinuousClock.now

  /// Serves a repository's models.
  ///
  /// - Parameters:
  ///   - repository: the models.
  ///   - maximumSamples: the most samples of one request.
  ///   - server: reads the counters of the wire server before the same models, to show them.
  public init(
    repository: ModelRepository, maximumSamples: Int = 256,
    server: (@Sendable () -> ServerSnapshot)? = nil
  ) {
    serverSnapshot = server
    self.repository = repository
    self.maximumSamples = maximumSamples
  }

  /// Makes the server not ready, so that load balancers send it nothing more; what it has and what
  /// comes nevertheless is still answered.
  public func beginDraining() { draining.store(true, ordering: .relaxed) }

  /// How long it has been serving.
  var uptime: Duration { .now - started }

  /// Whether requests should be sent here: the repository is ready and the server does not shut down.
  public var isReady: Bool { !draining.load(ordering: .relaxed) && repository.isReady }

  /// A model by its name and version; the newest loaded one where the version is nil or empty.
  ///
  /// - Throws: ``OpenInferenceError/Kind/notFound`` where there is none,
  ///   ``OpenInferenceError/Kind/overloaded`` where it is not loaded.
  public func model(
    named name: String, version: String?
  ) throws(OpenInferenceError) -> ServedModel {
    let version = version.flatMap { $0.isEmpty ? nil : $0 }
    if let model = repository.model(named: name, version: version) { return model }
    let entries = repository.index
    let named = entries.filter { $0.name == name }
    guard !named.isEmpty else {
      throw OpenInferenceError(
        .notFound,
        "There is no model \"\(name)\" here, only "
          + Set(entries.map(\.name)).sorted().joined(separator: ", ") + "; ask for one of these.")
    }
    let wanted = named.filter { version == nil || $0.version == version }
    guard let entry = wanted.last else {
      throw OpenInferenceError(
        .notFound,
        "The model \"\(name)\" has no version \"\(version ?? "")\", only "
          + named.map(\.version).joined(separator: ", ") + "; ask for one of these.")
    }
    throw OpenInferenceError(
      .overloaded,
      "The model \"\(name)\" version \(entry.version) is not loaded"
        + (entry.reason.isEmpty ? "" : " (\(entry.reason))") + "; load it, or try again later.")
  }

  /// Whether a model is loaded.
  ///
  /// - Throws: ``OpenInferenceError/Kind/notFound`` where there is no such model.
  public func isReady(model name: String, version: String?) throws(OpenInferenceError) -> Bool {
    do {
      _ = try model(named: name, version: version)
      return true
    } catch {
      if error.kind == .overloaded { return false }
      throw error
    }
  }

  /// Answers a request.
  ///
  /// - Parameters:
  ///   - name: the model's.
  ///   - version: nil or empty for the newest.
  ///   - request: the samples and the outputs that are wanted.
  ///   - transport: how long the transport waits; the request's own time-out may be shorter.
  public func infer(
    model name: String, version: String?, _ request: OpenInferenceRequest,
    within transport: Duration? = nil
  ) async throws(OpenInferenceError) -> OpenInferenceResponse {
    try await infer(
      on: model(named: name, version: version), request, within: transport)
  }

  func infer(
    on model: ServedModel, _ request: OpenInferenceRequest, within transport: Duration?,
    trace: RequestTrace? = nil
  ) async throws(OpenInferenceError) -> OpenInferenceResponse {
    let call = InferenceCall(request, on: model, within: transport)
    trace?.describe(model)
    let inference: PreparedInference
    if call.isLongToPrepare {
      inference = try await FrontendExecutor.elsewhere { () throws(OpenInferenceError) in
        try call.prepared(maximumSamples: maximumSamples)
      }
    } else {
      inference = try call.prepared(maximumSamples: maximumSamples)
    }
    let answers: [ModelAnswer]
    do {
      answers = try await model.infer(
        inference.samples, priority: inference.priority, deadline: inference.deadline, trace: trace)
    } catch {
      throw OpenInferenceError(error)
    }
    return inference.response(answers)
  }
}

extension OpenInferenceError {
  /// What a model's failure is in the protocol.
  init(_ failure: InferenceFailure) {
    switch failure {
    case .overloaded, .shuttingDown: self.init(.overloaded, "\(failure)")
    case .deadlineExceeded: self.init(.deadlineExceeded, "\(failure)")
    case .failed: self.init(.failed, "\(failure)")
    }
  }

  /// What a repository's refusal is in the protocol.
  init(_ error: RepositoryError) {
    switch error {
    case .unknownModel: self.init(.notFound, "\(error)")
    case .closed: self.init(.overloaded, "\(error)")
    default: self.init(.failed, "\(error)")
    }
  }
}
