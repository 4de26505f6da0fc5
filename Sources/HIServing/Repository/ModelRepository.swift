internal import Dispatch
internal import HIModels
internal import Synchronization

/// The models of a server, in several versions, found by their names.
///
///     let repository = try await ModelRepository.load(.folder("Models"))
///     guard let model = repository.model(named: "fashion-remote") else { … }
///     let answers = try await model.infer([sample])
///
/// Models are loaded, replaced and unloaded while requests are served: the new one is ready before it
/// takes the place of the old one, and what the old one has accepted it still answers.
public final class ModelRepository: Sendable {
  private let source: ModelSource
  private let configuration: SchedulingConfiguration
  private let observer: ServedRequest.Observer?
  private let state = Mutex(RepositoryState())
  /// Models that an operator has unloaded; a reload leaves them so.
  private let unloadedByHand = Mutex<Set<String>>([])
  /// The model of the ports whose requests name none.
  private let needed = Mutex<String?>(nil)
  private let library = Mutex<RuntimeLibrary?>(nil)
  /// Changes are made one after the other, on a thread that may block.
  private let changes = DispatchQueue(label: "hi-model-repository")
  private let threads = DispatchGroup()
  private let answered = AnswerTotal()

  private init(
    source: ModelSource, configuration: SchedulingConfiguration,
    observer: ServedRequest.Observer?
  ) {
    self.source = source
    self.observer = observer
    self.configuration = configuration
  }

  /// Loads what a source has.
  ///
  /// - Parameters:
  ///   - source: where the models are.
  ///   - configuration: how each model's requests become batches, and who runs them.
  ///   - observer: is told what becomes of every request; nil where nobody keeps a record.
  /// - Throws: ``RepositoryError`` where a bundle that was given by its path does not load, or none of
  ///   a folder's does.
  public static func load(
    _ source: ModelSource, configuration: SchedulingConfiguration = SchedulingConfiguration(),
    observer: ServedRequest.Observer? = nil
  ) async throws(RepositoryError) -> ModelRepository {
    let repository = ModelRepository(
      source: source, configuration: configuration, observer: observer)
    let report = try await repository.reload()
    let isUseless = repository.models.isEmpty || source.isStrict
    if isUseless, let failure = report.failures.first {
      repository.close()
      throw failure
    }
    return repository
  }

  // MARK: Finding

  /// A model that is loaded.
  ///
  /// - Parameters:
  ///   - name: the model's.
  ///   - version: nil for the newest that is loaded, numbers in versions compared as numbers.
  public func model(named name: String, version: String? = nil) -> ServedModel? {
    state.withLock { $0.model(named: name, version: version) }
  }

  /// The name of the first model of the source.
  public var defaultName: String? { state.withLock { $0.names.first } }

  /// All loaded models, in the source's order and each from its oldest to its newest version.
  public var models: [ServedModel] { state.withLock { $0.models } }

  /// Every model version that the source has, loaded or not.
  public var index: [RepositoryEntry] { state.withLock { $0.index } }

  /// What the source's folder had, when it was last looked at, that is neither `NAME.himodel` nor
  /// `NAME/VERSION/ANY.himodel`, by its paths there; hidden files are not among it.
  public var passedOver: [String] { state.withLock { $0.passedOver } }

  /// Whether requests should be sent here: some model is loaded, and the one of the wire port is where
  /// there is one. A bundle beside it that does not load keeps nobody from the others.
  public var isReady: Bool {
    guard let needed = needed.withLock({ $0 }) else { return !models.isEmpty }
    return model(named: needed) != nil
  }

  /// From now on nothing is ready while this model is not.
  func need(_ name: String) { needed.withLock { $0 = name } }

  /// The requests answered so far, those of models that were replaced or unloaded among them.
  public var answeredRequests: Int { answered.count }

  // MARK: Changing

  /// Loads every version of a model, or loads it again where its files have changed.
  ///
  /// - Throws: ``RepositoryError/unknownModel(name:known:)``, or the first failure; what was loaded
  ///   before is then still served.
  public func load(_ name: String) async throws(RepositoryError) {
    let report = try await change { repository throws(RepositoryError) in
      repository.unloadedByHand.withLock { _ = $0.remove(name) }
      return try repository.update(only: name)
    }
    if let failure = report.failures.first { throw failure }
  }

  /// Takes every version of a model out of service; what it has accepted it still answers. It stays
  /// so over reloads, until ``load(_:)``.
  ///
  /// - Throws: ``RepositoryError/unknownModel(name:known:)``.
  public func unload(_ name: String) async throws(RepositoryError) {
    _ = try await change { repository throws(RepositoryError) in
      let (isKnown, known) = repository.state.withLock {
        ($0.unload(name, reason: "unloaded by request"), $0.names)
      }
      guard isKnown else { throw RepositoryError.unknownModel(name: name, known: known) }
      repository.unloadedByHand.withLock { _ = $0.insert(name) }
      return ReloadReport()
    }
  }

  /// Looks at the source again: loads what is new or has changed, unloads what is gone.
  ///
  /// - Returns: what was done. What cannot be loaded is in its failures, and what was loaded before
  ///   in its place is still served.
  /// - Throws: ``RepositoryError`` where the source cannot be read at all; nothing has then changed.
  @discardableResult
  public func reload() async throws(RepositoryError) -> ReloadReport {
    try await change { repository throws(RepositoryError) in try repository.update(only: nil) }
  }

  /// Accepts no more requests and loads no more models; what waits is still answered.
  func close() {
    let models = state.withLock {
      $0.isClosed = true
      return $0.models
    }
    for model in models { model.close() }
  }

  /// Waits until all inference threads have ended; false where one still runs after the time given.
  func join(within limit: Duration) async -> Bool {
    let (ended, report) = AsyncStream.makeStream(of: Bool.self)
    threads.notify(queue: .global()) { report.yield(true) }
    let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { report.yield(false) }
    for await inTime in ended { return inTime }
    return false
  }

  // MARK: How changes are made

  private func change(
    _ body: @escaping @Sendable (ModelRepository) throws(RepositoryError) -> ReloadReport
  ) async throws(RepositoryError) -> ReloadReport {
    let result: Result<ReloadReport, RepositoryError> = await withCheckedContinuation { done in
      changes.async {
        guard !self.state.withLock({ $0.isClosed }) else {
          return done.resume(returning: .failure(.closed))
        }
        do throws(RepositoryError) {
          done.resume(returning: .success(try body(self)))
        } catch {
          done.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }

  /// Brings one model, or all, to what the source has now.
  private func update(only name: String?) throws(RepositoryError) -> ReloadReport {
    let findings = try source.findings()
    state.withLock { $0.passedOver = findings.passedOver }
    let byHand = unloadedByHand.withLock { $0 }
    let served = state.withLock { $0 }
    let meant = findings.candidates.filter { candidate in
      guard let name else { return true }
      // What has become unreadable, or another model, in its place is meant too.
      return candidate.name == name || served.serves(name, from: candidate.place)
    }
    if let name, meant.isEmpty { throw .unknownModel(name: name, known: served.names) }
    var report = ReloadReport()
    var kept: Set<ModelID> = []
    for candidate in meant {
      if state.withLock({ $0.isClosed }) { throw .closed }
      let id = ModelID(name: candidate.name, version: candidate.version)
      if byHand.contains(id.name) {
        state.withLock {
          $0.set(.init(version: id.version, reason: "unloaded by request"), named: id.name)
        }
        kept.insert(id)
        continue
      }
      do throws(RepositoryError) {
        try update(id, to: candidate, report: &report)
        kept.insert(id)
      } catch {
        report.failures.append(error)
        kept.formUnion(
          state.withLock { $0.fail(id, from: candidate.place, reason: "\(error)") })
      }
    }
    if name == nil {
      report.unloaded = state.withLock { $0.keepOnly(kept) }.map(\.text)
    }
    return report
  }

  private func update(
    _ id: ModelID, to candidate: ModelCandidate, report: inout ReloadReport
  ) throws(RepositoryError) {
    let current = state.withLock { $0.entry(id) }
    var entry = RepositoryState.Entry(version: id.version, place: candidate.place)
    let backend: any InferenceBackend
    switch candidate.content {
    case .unreadable(let reason): throw .unreadableBundle(reason: reason)
    case .backend(let given):
      backend = given
    case .bundle(let bundle):
      entry.bundle = bundle
      backend = try self.backend(of: bundle, named: id.name)
    }
    if let model = current?.model, current?.bundle == entry.bundle {
      entry.model = model
      report.unchanged.append(id.text)
    } else {
      entry.model = try ServedModel(
        backend: backend, version: id.version, configuration: configuration, threads: threads,
        answered: answered, observer: observer)
      report.loaded.append(id.text)
    }
    state.withLock {
      $0.set(entry, named: id.name)
      // The server began to shut down while this model was loading.
      if $0.isClosed { entry.model?.close() }
    }
  }

  private func backend(
    of bundle: ModelBundle, named name: String
  ) throws(RepositoryError) -> any InferenceBackend {
    do throws(ModelError) {
      // Only one change is made at a time, so the library is opened once.
      var opened = library.withLock { $0 }
      if opened == nil { opened = try RuntimeLibrary() }
      library.withLock { [opened] in $0 = opened }
      return try BundleBackend(bundle: bundle, name: name, library: opened)
    } catch {
      throw .unreadableBundle(reason: error.description)
    }
  }
}
