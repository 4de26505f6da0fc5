/// What all calls of a ``ResilientRemoteModel`` share: the endpoints' health, the budgets, and the
/// latencies seen. A value; whoever holds it guards it with a lock.
struct OffloadCoordinator {
  let configuration: ResilienceConfiguration
  var pool: EndpointPool
  var latencies = LatencyQuantile()
  var retryBudget: AttemptBudget
  var hedgeBudget: AttemptBudget
  var statistics = ResilienceStatistics()
  var generator: any RandomNumberGenerator & Sendable

  init(
    endpoints: Int, configuration: ResilienceConfiguration,
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.configuration = configuration
    pool = EndpointPool(count: endpoints, limits: configuration.breaker)
    retryBudget = AttemptBudget(configuration.retry.budget)
    hedgeBudget = AttemptBudget(
      configuration.hedge?.budget
        ?? AttemptBudgetLimits(perCall: 0, perSecond: 0, capacity: 0))
    self.generator = generator
  }

  /// How long an endpoint must have had before its silence is its fault: what is usual, and before the
  /// first answer the request time-out, or a time that few answers take.
  var usual: Duration {
    latencies.estimate(0.95) ?? configuration.requestTimeout ?? .milliseconds(250)
  }

  var chance: Double {
    mutating get { Double.random(in: 0...1, using: &generator) }
  }

  mutating func lease(
    except tried: Set<Int>, mayProbe: Bool, at now: ContinuousClock.Instant
  ) -> EndpointPool.Lease? {
    pool.lease(except: tried, mayProbe: mayProbe, at: now, using: &generator)
  }

  /// Why no endpoint takes a call now.
  var refusal: OffloadError {
    let failures = pool.endpoints.compactMap(\.lastError)
    let last = failures.last.map { " (the last failure: \($0.reason))" } ?? ""
    return .circuitOpen(
      pool.endpoints.count == 1
        ? "The endpoint has failed again and again and is left alone for a while\(last)."
        : "All \(pool.endpoints.count) endpoints have failed again and again and are left alone "
          + "for a while\(last).")
  }
}
