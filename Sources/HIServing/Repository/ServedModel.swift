internal import Dispatch
public import HIData
public import HIModels
public import HITransport
public import NIOCore
internal import Synchronization

/// One version of a model, loaded and ready: all front ends hand their requests to it.
///
///     let answers = try await model.infer([sample], deadline: .now() + .seconds(1))
///     print(answers[0].prediction, answers[0].probabilities)
///
/// A request that was accepted is answered even where the model is unloaded or replaced meanwhile:
/// the threads end when the last reference to the model is gone and its queue is empty. So look a
/// model up in the ``ModelRepository`` for each request, and do not keep it between requests.
public final class ServedModel: Sendable {
  /// What clients call it.
  public let name: String
  /// Which version of it this is.
  public let version: String
  /// What clients are told of it: classes, a sample's shape and type.
  public let description: ServedModelDescription
  /// The manifest of the bundle behind it; nil where there is none.
  public let manifest: ModelManifest?
  let input: ServedInput
  private let scheduler: InferenceScheduler
  private let observer: ServedRequest.Observer?
  private let metrics: ModelMetrics
  private let backend: any InferenceBackend

  /// Starts the model's threads and waits, blocking, until each has loaded it.
  init(
    backend: any InferenceBackend, version: String, configuration: SchedulingConfiguration,
    threads: DispatchGroup, answered: AnswerTotal = AnswerTotal(),
    observer: ServedRequest.Observer? = nil
  ) throws(RepositoryError) {
    metrics = ModelMetrics(total: answered)
    self.observer = observer
    self.backend = backend
    name = backend.description.name
    self.version = version
    description = backend.description
    manifest = backend.manifest
    guard let input = ServedInput(description) else {
      throw .unservableInput(name: description.name, shape: description.shape)
    }
    self.input = input
    do {
      scheduler = try InferenceScheduler(
        backend: backend, name: description.name, configuration: configuration, metrics: metrics,
        threads: threads)
    } catch {
      throw .noWorker(name: description.name, reason: "\(error)")
    }
  }

  deinit { scheduler.close() }

  /// Queues a request.
  ///
  /// - Returns: false where there is no room, where its answer would come too late by the pace of
  ///   those before, or where the server shuts down; its reply is then never called.
  public func submit(_ request: InferenceRequest) -> Bool {
    offer(request) == .accepted
  }

  /// Queues a request; somebody who keeps a record is told what becomes of it.
  private func offer(_ request: InferenceRequest) -> Admission {
    guard let observer else { return scheduler.submit(request) }
    let (description, version) = (description, version)
    @Sendable func tell(_ result: Result<[ModelAnswer], InferenceFailure>) {
      observer(
        ServedRequest(
          model: description, version: version, samples: request.samples, result: result))
    }
    let admission = scheduler.submit(
      InferenceRequest(
        samples: request.samples, priority: request.priority, received: request.received,
        deadline: request.deadline, trace: request.trace
      ) { outcome in
        request.reply(outcome)
        tell(Self.result(of: outcome))
      })
    if let failure = Self.failure(of: admission) { tell(.failure(failure)) }
    return admission
  }

  private static func failure(of admission: Admission) -> InferenceFailure? {
    switch admission {
    case .accepted: nil
    case .queueFull, .tooLate: .overloaded
    case .closed: .shuttingDown
    }
  }

  /// Answers some samples.
  ///
  /// - Parameters:
  ///   - samples: of the description's shape and type; all of them are answered or none.
  ///   - priority: who is run first among those that wait.
  ///   - deadline: when the caller stops to care.
  ///   - trace: the span of the caller's request; nil where nobody traces.
  /// - Returns: one answer a sample, in their order.
  /// - Throws: ``InferenceFailure/shuttingDown`` too as soon as the caller's task is cancelled; the model is
  ///   not interrupted, and nobody waits for what it answers.
  public func infer(
    _ samples: [Sample], priority: InferencePriority = .normal,
    deadline: NIODeadline = .distantFuture, trace: RequestTrace? = nil
  ) async throws(InferenceFailure) -> [ModelAnswer] {
    let waiter = OutcomeWaiter()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { waiting in
        guard waiter.wait(waiting) else { return }
        infer(samples, priority: priority, deadline: deadline, trace: trace) { waiter.end($0) }
      }
    } onCancel: {
      waiter.end(.failure(.shuttingDown))
    }
    return try result.get()
  }

  /// Answers some samples, without a task.
  ///
  /// - Parameters:
  ///   - samples: of the description's shape and type; all of them are answered or none.
  ///   - priority: who is run first among those that wait.
  ///   - deadline: when the caller stops to care.
  ///   - trace: the span of the caller's request; nil where nobody traces.
  ///   - reply: is told once, with one answer a sample in their order: on an inference thread, or on this one
  ///     before this returns. It must not block.
  public func infer(
    _ samples: [Sample], priority: InferencePriority = .normal,
    deadline: NIODeadline = .distantFuture, trace: RequestTrace? = nil,
    reply: @escaping @Sendable (Result<[ModelAnswer], InferenceFailure>) -> Void
  ) {
    let request = InferenceRequest(
      samples: samples, priority: priority, deadline: deadline, trace: trace
    ) {
      reply(Self.result(of: $0))
    }
    if let failure = Self.failure(of: offer(request)) { reply(.failure(failure)) }
  }

  /// What it has counted, and what waits now.
  public var snapshot: ModelSnapshot {
    metrics.snapshot(name: name, version: version, load: scheduler.load, tier: backend.tier)
  }

  /// How many requests wait for an inference thread now.
  var waitingRequests: Int { scheduler.load.waitingRequests }

  /// Accepts nothing more; what waits is still answered.
  func close() { scheduler.close() }

  private static func result(
    of outcome: InferenceOutcome
  ) -> Result<[ModelAnswer], InferenceFailure> {
    switch outcome {
    case .answered(let answers): .success(answers)
    case .expired: .failure(.deadlineExceeded)
    case .failed(let reason): .failure(.failed(reason))
    }
  }
}

/// Who waits for what becomes of a request: hears the first of it, and nothing twice.
private final class OutcomeWaiter: Sendable {
  typealias Outcome = Result<[ModelAnswer], InferenceFailure>

  private enum State {
    case new
    case waiting(CheckedContinuation<Outcome, Never>)
    case ended(Outcome)
  }

  private let state = Mutex(State.new)

  /// Begins to wait; gives false where it is over already, which the continuation then hears.
  func wait(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
    let ended = state.withLock { state -> Outcome? in
      if case .ended(let outcome) = state { return outcome }
      state = .waiting(continuation)
      return nil
    }
    if let ended { continuation.resume(returning: ended) }
    return ended == nil
  }

  func end(_ outcome: Outcome) {
    let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
      switch state {
      case .ended: return nil
      case .new:
        state = .ended(outcome)
        return nil
      case .waiting(let continuation):
        state = .ended(outcome)
        return continuation
      }
    }
    waiting?.resume(returning: outcome)
  }
}

/// What the wire and raw protocols need to know of a model.
struct ServedInput: Sendable {
  /// Lets the model's samples through.
  let gate: SampleGate
  /// The JSON of its description.
  let document: String
  /// The number of its digest in requests that ask for one model.
  let tag: UInt64

  /// Gives nil where the model's shape is none that a request can carry.
  init?(_ description: ServedModelDescription) {
    guard let gate = SampleGate(description),
      let document = try? description.json(extensions: .known)
    else {
      return nil
    }
    self.gate = gate
    self.document = document
    tag = WireExtensions.tag(ofModel: description.digest)
  }
}
