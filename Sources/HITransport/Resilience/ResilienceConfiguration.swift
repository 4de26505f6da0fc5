/// How a ``ResilientRemoteModel`` treats its endpoints.
public struct ResilienceConfiguration: Sendable, Equatable {
  /// The most time for one attempt; nil gives each attempt what is left of the call's deadline.
  public var requestTimeout: Duration?
  /// Which failures are worth another attempt.
  public var retry = RetryPolicy()
  /// When a second endpoint is asked although the first has not failed; nil for never, except where the
  /// first is asked to find out whether it works again.
  public var hedge: HedgePolicy?
  /// When an endpoint is left alone.
  public var breaker = CircuitBreakerLimits()
  /// The most calls under way together; more wait, each within its deadline. Nil for no limit.
  public var maximumConcurrent: Int?
  /// The most calls that wait for others to end; one more is ``OffloadError/overloaded`` at once.
  public var maximumWaiting = 1024

  /// Makes the default: one attempt a call, with circuit breakers.
  public init() {}
}

/// When an offload is asked for a second time although the first may still be answered, so that a
/// rare slow answer does not decide how long a sample takes (Dean and Barroso, 2013).
public struct HedgePolicy: Sendable, Equatable {
  /// The quantile of observed latencies after which the second request is made.
  ///
  /// Where there are hedges it is estimated from below: of an attempt that a later one overtook no more
  /// is known than that it takes longer than it had until then, and it counts as that.
  public var quantile = 0.95
  /// How many latencies must have been observed before there are hedges.
  public var warmUp = 20
  /// No hedge is made earlier.
  public var shortestDelay: Duration = .milliseconds(1)
  /// What bounds the hedges of all calls together.
  public var budget = AttemptBudgetLimits(perCall: 0.1, perSecond: 1, capacity: 10)

  /// Makes the default: after about the observed p95, for at most about one call in ten.
  public init() {}

  /// How long to wait for the first answer; nil while too little is known.
  func delay(_ latencies: LatencyQuantile) -> Duration? {
    guard latencies.count >= warmUp, let latency = latencies.estimate(quantile) else { return nil }
    return max(shortestDelay, latency)
  }
}

/// What a ``ResilientRemoteModel`` has done so far.
public struct ResilienceStatistics: Sendable, Equatable {
  /// Calls of ``ResilientRemoteModel/classify(_:deadline:)``.
  public var calls = 0
  /// Attempts that followed a failed one.
  public var retries = 0
  /// Second requests made while the first was under way.
  public var hedges = 0
  /// Second requests that were answered first.
  public var hedgesWon = 0
  /// One an endpoint, in the order given.
  public var endpoints: [Endpoint] = []

  /// One endpoint's part.
  public struct Endpoint: Sendable, Equatable {
    /// The endpoint's name.
    public let name: String
    /// Attempts made at it.
    public let attempts: Int
    /// Attempts that it failed.
    public let failures: Int
    /// How often its circuit opened.
    public let openings: Int
    /// Whether its circuit is closed now.
    public let isClosed: Bool
  }
}
