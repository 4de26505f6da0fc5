public import HIData
internal import NIOCore
internal import NIOPosix
internal import Synchronization
public import Tracing

/// Several remote models as one that survives the failure of any of them.
///
///     let remote = ResilientRemoteModel(
///       [("edge", first), ("cloud", second)], configuration: configuration)
///     let answer = try await remote.classify(sample, deadline: .milliseconds(100))
///
/// A call goes to the healthier endpoint; where that fails or is slow it is asked elsewhere, within
/// budgets. It returns or throws by its deadline even where an endpoint's model breaks its own promise
/// to, and the answers of attempts that lost are thrown away: each sample has exactly one outcome.
public final class ResilientRemoteModel: RemoteModel {
  /// An endpoint: what reports call it, and the model there.
  public typealias Endpoint = (name: String, model: any RemoteModel)

  private let endpoints: [Endpoint]
  private let shared: Mutex<OffloadCoordinator>
  private let places: Places?
  private let timers: any EventLoop
  private let tracer: (any Tracer)?
  private let lastNumber = Atomic<Int>(0)

  /// What happens to a call while it waits.
  private enum Event: Sendable {
    case placeFree
    case ended(attempt: Int, Result<RemoteAnswer, OffloadError>)
    case tick
  }

  /// Puts endpoints together; nothing is connected before the first call.
  ///
  /// - Parameters:
  ///   - endpoints: at least one.
  ///   - configuration: how they are treated.
  ///   - tracer: makes a span of every attempt; nil where nobody traces.
  public init(
    _ endpoints: [Endpoint], configuration: ResilienceConfiguration = ResilienceConfiguration(),
    tracer: (any Tracer)? = nil
  ) {
    self.endpoints = endpoints
    self.tracer = tracer
    shared = Mutex(
      OffloadCoordinator(endpoints: endpoints.count, configuration: configuration))
    places = configuration.maximumConcurrent.map {
      Places(limit: $0, waitingLimit: configuration.maximumWaiting)
    }
    timers = MultiThreadedEventLoopGroup.singleton.next()
  }

  /// Asks the healthiest endpoint for a sample's class, and others where that is of no avail.
  public func classify(
    _ sample: Sample, deadline: Duration
  ) async throws(OffloadError) -> RemoteAnswer {
    let end = ContinuousClock.now + deadline
    let (events, inbox) = AsyncStream.makeStream(of: Event.self)
    let timer = OffloadTimer(timers) { inbox.yield(.tick) }
    defer { timer.cancel() }
    guard !Task.isCancelled else { throw .cancelled }
    guard let places else {
      return try await offload(sample, until: end, events, inbox, timer)
    }
    let number = lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    switch places.state.withLock({ $0.begin(number, waiter: inbox) }) {
    case .go: break
    case .refused: throw .overloaded
    case .wait:
      timer.set(for: end)
      let isLetThrough = await Self.waitForPlace(events, until: end)
      guard isLetThrough else {
        // Let through at the last moment: the place has to be given on.
        if !places.state.withLock({ $0.withdraw(number) }) { places.leave() }
        throw Task.isCancelled ? .cancelled : .overloaded
      }
    }
    defer { places.leave() }
    return try await offload(sample, until: end, events, inbox, timer)
  }

  /// Where a single endpoint's tasks run best; with several it does not matter.
  public var preferredExecutor: (any TaskExecutor)? {
    endpoints.count == 1 ? endpoints[0].model.preferredExecutor : nil
  }

  /// Lets go of all endpoints' connections.
  public func close() async {
    for endpoint in endpoints { await endpoint.model.close() }
  }

  /// What was done so far.
  public var statistics: ResilienceStatistics {
    shared.withLock { shared in
      var statistics = shared.statistics
      statistics.endpoints = zip(endpoints, shared.pool.endpoints).map { endpoint, health in
        ResilienceStatistics.Endpoint(
          name: endpoint.name, attempts: health.attempts, failures: health.failures,
          openings: health.openings, isClosed: health.breaker.isClosed)
      }
      return statistics
    }
  }

  // MARK: One call

  private func offload(
    _ sample: Sample, until end: ContinuousClock.Instant, _ events: AsyncStream<Event>,
    _ inbox: AsyncStream<Event>.Continuation, _ timer: OffloadTimer
  ) async throws(OffloadError) -> RemoteAnswer {
    var call = OffloadCall(deadline: end)
    var attempts: [Task<Void, Never>] = []
    defer { for attempt in attempts { attempt.cancel() } }
    var steps = shared.withLock { call.begin(at: .now, &$0) }
    var iterator = events.makeAsyncIterator()
    while true {
      for step in steps {
        switch step {
        case .finish(let result): return try result.get()
        case .attempt(let number, let endpoint, let limit):
          let span = tracer.map {
            AttemptSpan(
              number, isHedge: call.isHedge(number), endpoint: endpoints[endpoint].name, by: $0)
          }
          attempts.append(attempt(number, at: endpoint, sample, limit: limit, inbox, span))
        }
      }
      timer.set(for: call.nextTick)
      // A cancelled task gets no more events.
      guard let event = await iterator.next() else {
        steps = shared.withLock { call.cancel(&$0) }
        continue
      }
      switch event {
      case .placeFree: steps = []
      case .tick: steps = shared.withLock { call.tick(at: .now, &$0) }
      case .ended(let number, let result):
        steps = shared.withLock { call.ended(number, result, at: .now, &$0) }
      }
    }
  }

  /// Begins an attempt as a task of its own, so that one that does not end cannot hold the call up.
  private func attempt(
    _ number: Int, at endpoint: Int, _ sample: Sample, limit: Duration,
    _ inbox: AsyncStream<Event>.Continuation, _ span: AttemptSpan?
  ) -> Task<Void, Never> {
    let model = endpoints[endpoint].model
    return Task(executorPreference: model.preferredExecutor) {
      let result: Result<RemoteAnswer, OffloadError>
      do throws(OffloadError) {
        let answer =
          if let span {
            try await span.within { () throws(OffloadError) in
              try await model.classify(sample, deadline: limit)
            }
          } else {
            try await model.classify(sample, deadline: limit)
          }
        result = .success(answer)
      } catch {
        result = .failure(error)
      }
      inbox.yield(.ended(attempt: number, result))
    }
  }

  // MARK: The concurrency limit

  private static func waitForPlace(
    _ events: AsyncStream<Event>, until end: ContinuousClock.Instant
  ) async -> Bool {
    for await event in events {
      switch event {
      case .placeFree: return true
      case .tick: if .now >= end { return false }
      case .ended: break
      }
    }
    return false
  }

  /// The places that calls take where their number is limited.
  private final class Places: Sendable {
    let state: Mutex<ConcurrencyLimit<AsyncStream<Event>.Continuation>>

    init(limit: Int, waitingLimit: Int) {
      state = Mutex(ConcurrencyLimit(limit: limit, waitingLimit: waitingLimit))
    }

    func leave() { state.withLock { $0.ended() }?.yield(.placeFree) }
  }
}

/// One timer of one call, set again and again.
private final class OffloadTimer {
  private let eventLoop: any EventLoop
  private let fire: @Sendable () -> Void
  private var scheduled: (at: ContinuousClock.Instant, task: Scheduled<Void>)?

  init(_ eventLoop: any EventLoop, fire: @escaping @Sendable () -> Void) {
    self.eventLoop = eventLoop
    self.fire = fire
  }

  func set(for instant: ContinuousClock.Instant) {
    let now = ContinuousClock.now
    if let scheduled, scheduled.at == instant, now < instant { return }
    scheduled?.task.cancel()
    let task = eventLoop.scheduleTask(in: TimeAmount(max(.zero, instant - now))) { [fire] in
      fire()
    }
    scheduled = (instant, task)
  }

  func cancel() { scheduled?.task.cancel() }
}
