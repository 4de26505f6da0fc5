/// Stops asking an endpoint that keeps failing, and finds out by single probes when it works again.
///
/// A pure state machine; time comes from outside. Closed: calls go through, and so many failures in a
/// row open it. Open: nothing goes through until the pause is over. Half open: one call at a time goes
/// through as a probe; enough successes close it, one failure opens it for twice as long.
struct CircuitBreaker: Equatable {
  /// Permission for one call, to be handed back with the call's end exactly once.
  struct Ticket: Equatable, Sendable {
    /// Whether the call is the one that finds out how the endpoint is.
    let isProbe: Bool
    /// Counts openings and closings, so that what began before one says nothing after it.
    fileprivate let era: Int
  }

  /// What a call would get now.
  enum Readiness: Equatable {
    case ready
    case probe
    case refused
  }

  private enum Phase: Equatable {
    case closed(failures: Int)
    case open(until: ContinuousClock.Instant, pause: Duration)
    case halfOpen(isProbing: Bool, successes: Int, pause: Duration)
  }

  private let limits: CircuitBreakerLimits
  private var phase = Phase.closed(failures: 0)
  private var era = 0

  init(_ limits: CircuitBreakerLimits = CircuitBreakerLimits()) {
    self.limits = limits
  }

  /// Whether calls go through without being probes.
  var isClosed: Bool {
    if case .closed = phase { true } else { false }
  }

  /// What a call would get; nothing changes.
  func readiness(at now: ContinuousClock.Instant) -> Readiness {
    switch phase {
    case .closed: .ready
    case .open(let until, _): now >= until ? .probe : .refused
    case .halfOpen(let isProbing, _, _): isProbing ? .refused : .probe
    }
  }

  /// Asks for a call; nil where the endpoint is left alone.
  mutating func admit(at now: ContinuousClock.Instant) -> Ticket? {
    switch readiness(at: now) {
    case .refused: return nil
    case .ready: return Ticket(isProbe: false, era: era)
    case .probe:
      switch phase {
      case .closed: break
      case .open(_, let pause): phase = .halfOpen(isProbing: true, successes: 0, pause: pause)
      case .halfOpen(_, let successes, let pause):
        phase = .halfOpen(isProbing: true, successes: successes, pause: pause)
      }
      return Ticket(isProbe: true, era: era)
    }
  }

  /// The endpoint has answered the call.
  mutating func succeeded(_ ticket: Ticket) {
    guard ticket.era == era else { return }
    switch phase {
    case .closed: phase = .closed(failures: 0)
    case .open: break
    case .halfOpen(_, let successes, let pause):
      guard successes + 1 < limits.successesToClose else {
        phase = .closed(failures: 0)
        era += 1
        return
      }
      phase = .halfOpen(isProbing: false, successes: successes + 1, pause: pause)
    }
  }

  /// The endpoint has failed the call; gives whether that opened the circuit.
  @discardableResult
  mutating func failed(_ ticket: Ticket, at now: ContinuousClock.Instant) -> Bool {
    guard ticket.era == era else { return false }
    switch phase {
    case .open: return false
    case .closed(let failures):
      guard failures + 1 >= limits.failuresToOpen else {
        phase = .closed(failures: failures + 1)
        return false
      }
      phase = .open(until: now + limits.firstPause, pause: limits.firstPause)
    case .halfOpen(_, _, let pause):
      let longer = min(limits.longestPause, pause * 2)
      phase = .open(until: now + longer, pause: longer)
    }
    era += 1
    return true
  }

  /// A probe was let go of before its answer was due: the next one waits for the shortest pause, since
  /// otherwise every call would probe an endpoint that does not answer.
  mutating func undecided(_ ticket: Ticket, at now: ContinuousClock.Instant) {
    guard ticket.era == era, ticket.isProbe, case .halfOpen(_, _, let pause) = phase else { return }
    phase = .open(until: now + limits.firstPause, pause: pause)
    era += 1
  }

  /// The call's end says nothing about the endpoint: it was cancelled, or ran out of its caller's time.
  mutating func abandoned(_ ticket: Ticket) {
    guard ticket.era == era, ticket.isProbe,
      case .halfOpen(_, let successes, let pause) = phase
    else { return }
    phase = .halfOpen(isProbing: false, successes: successes, pause: pause)
  }
}

/// When an endpoint is left alone, and for how long.
public struct CircuitBreakerLimits: Sendable, Equatable {
  /// How many failures in a row open the circuit; at least 1.
  public var failuresToOpen = 5
  /// How long it stays open the first time.
  public var firstPause: Duration = .milliseconds(500)
  /// No pause is longer; each failed probe doubles it up to this.
  public var longestPause: Duration = .seconds(15)
  /// How many probes in a row must be answered before everything goes through again; at least 1.
  public var successesToClose = 2

  /// Makes the default limits.
  public init() {}
}
