/// One offload over several endpoints: its attempts, its hedge, its retries and its one outcome.
///
/// A pure state machine; time comes from outside. Each event gives what to do next; after a
/// ``Step/finish(_:)`` there is nothing more to do, whatever events still come.
struct OffloadCall {
  /// What the driver does.
  enum Step: Equatable {
    /// Ask an endpoint, for at most so long.
    case attempt(number: Int, endpoint: Int, limit: Duration)
    /// End the call, and let go of the attempts under way.
    case finish(Result<RemoteAnswer, OffloadError>)
  }

  private struct Attempt {
    let lease: EndpointPool.Lease
    let isHedge: Bool
  }

  private let deadline: ContinuousClock.Instant
  private var running: [Int: Attempt] = [:]
  private var tried: Set<Int> = []
  private var attempts = 0
  private var retries = 0
  private var hedgeAt: ContinuousClock.Instant?
  private var retryAt: ContinuousClock.Instant?
  /// A probe's call is made elsewhere as well for free: it was the pool's wish, not the caller's.
  private var isFree = false
  private var lastError = OffloadError.deadlineExceeded
  private(set) var isFinished = false

  init(deadline: ContinuousClock.Instant) {
    self.deadline = deadline
  }

  /// When to call ``tick(at:_:)`` next.
  var nextTick: ContinuousClock.Instant {
    [deadline, hedgeAt, retryAt].compactMap { $0 }.min() ?? deadline
  }

  /// The call begins.
  mutating func begin(
    at now: ContinuousClock.Instant, _ shared: inout OffloadCoordinator
  ) -> [Step] {
    shared.statistics.calls += 1
    shared.retryBudget.callMade(at: now)
    shared.hedgeBudget.callMade(at: now)
    guard now < deadline else { return finish(.failure(.deadlineExceeded), &shared) }
    guard let lease = shared.lease(except: [], mayProbe: true, at: now) else {
      return finish(.failure(shared.refusal), &shared)
    }
    let step = start(lease, isHedge: false, at: now, &shared)
    let delay = shared.configuration.hedge?.delay(shared.latencies)
    hedgeAt = delay.map { now + $0 }
    guard lease.ticket.isProbe else { return [step] }
    isFree = true
    guard shared.pool.hasReady(except: tried, at: now) else { return [step] }
    // The sample must not pay for the probe with its deadline: where the answer does not come when it
    // usually would, also from an endpoint that is known to be slow, another one is asked while it still
    // has its usual time.
    let usual = shared.latencies.estimate(0.95) ?? .zero
    let own = shared.pool.endpoints[lease.endpoint].latency?.seconds ?? 0
    let patience = min(max(delay ?? usual, .seconds(2 * own)), deadline - now - usual)
    hedgeAt = now + max(.zero, patience)
    return [step] + (patience > .zero ? [] : tick(at: now, &shared))
  }

  /// An attempt has ended.
  mutating func ended(
    _ number: Int, _ result: Result<RemoteAnswer, OffloadError>, at now: ContinuousClock.Instant,
    _ shared: inout OffloadCoordinator
  ) -> [Step] {
    guard let attempt = running.removeValue(forKey: number) else { return [] }
    switch result {
    case .success:
      overtake(by: number, at: now, &shared)
      shared.pool.answered(attempt.lease, at: now)
      shared.latencies.record(now - attempt.lease.since)
      if attempt.isHedge { shared.statistics.hedgesWon += 1 }
      return finish(result, &shared)
    case .failure(let error):
      settle(attempt, error, at: now, &shared)
      // Another request is under way and may still be answered.
      guard running.isEmpty else { return [] }
      return recover(from: error, at: now, &shared)
    }
  }

  /// Time has passed.
  mutating func tick(
    at now: ContinuousClock.Instant, _ shared: inout OffloadCoordinator
  ) -> [Step] {
    guard !isFinished else { return [] }
    guard now < deadline else {
      let late = running.values
      running = [:]
      for attempt in late { settle(attempt, .deadlineExceeded, at: now, &shared) }
      return finish(.failure(.deadlineExceeded), &shared)
    }
    if let retryAt, now >= retryAt {
      self.retryAt = nil
      return retry(at: now, &shared)
    }
    if let hedgeAt, now >= hedgeAt {
      self.hedgeAt = nil
      return hedge(at: now, &shared)
    }
    return []
  }

  /// The caller does not wait any more.
  mutating func cancel(_ shared: inout OffloadCoordinator) -> [Step] {
    guard !isFinished else { return [] }
    return finish(.failure(.cancelled), &shared)
  }

  /// Whether an attempt under way was made although another was.
  func isHedge(_ number: Int) -> Bool { running[number]?.isHedge ?? false }

  // MARK: Attempts

  private mutating func start(
    _ lease: EndpointPool.Lease, isHedge: Bool, at now: ContinuousClock.Instant,
    _ shared: inout OffloadCoordinator
  ) -> Step {
    let number = attempts
    attempts += 1
    tried.insert(lease.endpoint)
    running[number] = Attempt(lease: lease, isHedge: isHedge)
    let limit = min(deadline - now, shared.configuration.requestTimeout ?? deadline - now)
    return .attempt(number: number, endpoint: lease.endpoint, limit: limit)
  }

  private mutating func hedge(
    at now: ContinuousClock.Instant, _ shared: inout OffloadCoordinator
  ) -> [Step] {
    guard running.count == 1 else { return [] }
    // One endpoint may be several servers behind a load balancer; of several another one is asked.
    let except = shared.pool.endpoints.count == 1 ? [] : tried
    guard shared.pool.hasReady(except: except, at: now) else { return [] }
    guard isFree || shared.hedgeBudget.spend(at: now),
      let lease = shared.lease(except: except, mayProbe: false, at: now)
    else { return [] }
    isFree = false
    shared.statistics.hedges += 1
    return [start(lease, isHedge: true, at: now, &shared)]
  }

  private mutating func recover(
    from error: OffloadError, at now: ContinuousClock.Instant,
    _ shared: inout OffloadCoordinator
  ) -> [Step] {
    lastError = error
    let another = shared.pool.hasReady(except: tried, at: now)
    if isFree, another, RetryPolicy.isWorthRetrying(error, elsewhere: true), now < deadline {
      return retry(at: now, &shared)
    }
    let delay = shared.configuration.retry.delay(
      after: error, retries: retries, remaining: deadline - now, another: another,
      chance: shared.chance)
    guard let delay, shared.retryBudget.spend(at: now) else {
      return finish(.failure(error), &shared)
    }
    hedgeAt = nil
    guard delay > .zero else { return retry(at: now, &shared) }
    retryAt = now + delay
    return []
  }

  private mutating func retry(
    at now: ContinuousClock.Instant, _ shared: inout OffloadCoordinator
  ) -> [Step] {
    let lease =
      shared.lease(except: tried, mayProbe: false, at: now)
      ?? shared.lease(except: [], mayProbe: false, at: now)
    guard let lease else { return finish(.failure(lastError), &shared) }
    if isFree { isFree = false } else { retries += 1 }
    shared.statistics.retries += 1
    return [start(lease, isHedge: false, at: now, &shared)]
  }

  // MARK: Ends

  /// Tells the pool what an attempt's failure says about its endpoint.
  private func settle(
    _ attempt: Attempt, _ error: OffloadError, at now: ContinuousClock.Instant,
    _ shared: inout OffloadCoordinator
  ) {
    switch error {
    case .rejected: shared.pool.answered(attempt.lease, at: now)
    case .overloaded: shared.pool.refused(attempt.lease, at: now)
    case .cancelled, .circuitOpen: shared.pool.abandoned(attempt.lease)
    // A model that fails is also what a gateway says whose server is gone.
    case .unreachable, .connectionClosed, .notAuthorised, .protocolViolation, .otherModel,
      .modelFailed:
      shared.pool.failed(attempt.lease, error, at: now)
    case .deadlineExceeded:
      // Whoever was asked shortly before the end of the caller's time is not to blame.
      if now - attempt.lease.since >= shared.usual {
        shared.pool.failed(attempt.lease, error, at: now)
      } else {
        shared.pool.abandoned(attempt.lease)
      }
    }
  }

  /// Ends the attempts that were made before the one that is answered now.
  private mutating func overtake(
    by winner: Int, at now: ContinuousClock.Instant, _ shared: inout OffloadCoordinator
  ) {
    for (number, attempt) in running where number < winner {
      running[number] = nil
      shared.pool.overtaken(attempt.lease, usual: shared.usual, at: now)
      // Without it the slow ones were missing, and each estimate would be lower than the one before. A
      // probe's endpoint is no usual one.
      if !attempt.lease.ticket.isProbe { shared.latencies.record(now - attempt.lease.since) }
    }
  }

  private mutating func finish(
    _ result: Result<RemoteAnswer, OffloadError>, _ shared: inout OffloadCoordinator
  ) -> [Step] {
    isFinished = true
    hedgeAt = nil
    retryAt = nil
    for attempt in running.values { shared.pool.abandoned(attempt.lease) }
    running = [:]
    return [.finish(result)]
  }
}
