/// A token bucket that bounds how many additional attempts calls may make together, so that retries
/// and hedges cannot multiply the load of a server that is already in trouble.
///
/// A pure state machine; time comes from outside. Every call puts a fraction of a token in, every
/// second some more, and an additional attempt takes a whole one out.
struct AttemptBudget: Equatable {
  private let limits: AttemptBudgetLimits
  private var tokens: Double
  private var filledAt: ContinuousClock.Instant?

  init(_ limits: AttemptBudgetLimits) {
    self.limits = limits
    tokens = limits.capacity
  }

  /// A call was made.
  mutating func callMade(at now: ContinuousClock.Instant) {
    fill(at: now)
    tokens = min(limits.capacity, tokens + limits.perCall)
  }

  /// Takes a token for one more attempt; false where there is none.
  mutating func spend(at now: ContinuousClock.Instant) -> Bool {
    fill(at: now)
    // Ten tenths are a token, whatever their sum in binary is.
    guard tokens >= 1 - 1e-9 else { return false }
    tokens = max(0, tokens - 1)
    return true
  }

  private mutating func fill(at now: ContinuousClock.Instant) {
    if let filledAt, filledAt < now {
      let seconds = (now - filledAt) / .seconds(1)
      tokens = min(limits.capacity, tokens + seconds * limits.perSecond)
    }
    filledAt = max(filledAt ?? now, now)
  }
}

/// How fast a budget for additional attempts grows, and how far.
public struct AttemptBudgetLimits: Sendable, Equatable {
  /// Additional attempts that each call earns: 0.1 is one for ten calls.
  public var perCall: Double
  /// Additional attempts that each second earns, so that a caller with few calls has some too.
  public var perSecond: Double
  /// The most that can be saved up; also what there is at the beginning.
  public var capacity: Double

  /// Makes limits; none may be negative.
  public init(perCall: Double, perSecond: Double, capacity: Double) {
    precondition(perCall >= 0 && perSecond >= 0 && capacity >= 0, "a budget is not negative")
    self.perCall = perCall
    self.perSecond = perSecond
    self.capacity = capacity
  }
}
