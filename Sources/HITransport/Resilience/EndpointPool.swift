#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// What is known of several endpoints, and which of them to ask next.
///
/// A pure state machine; time and chance come from outside. Of two endpoints drawn at random the one
/// with the lower load is asked (Mitzenmacher, 2001); load is the smoothed latency times the calls
/// under way. Endpoints whose circuit is open are left out until they are due for a probe, and one that
/// has refused a call is spared for a moment where another takes it.
struct EndpointPool {
  /// One attempt at one endpoint, to be ended exactly once.
  struct Lease: Equatable, Sendable {
    let endpoint: Int
    let ticket: CircuitBreaker.Ticket
    let since: ContinuousClock.Instant
  }

  /// One endpoint as the pool sees it.
  struct Health {
    var breaker: CircuitBreaker
    var inFlight = 0
    var attempts = 0
    var failures = 0
    var openings = 0
    /// The smoothed latency in seconds, and when it was last fed.
    var latency: (seconds: Double, at: ContinuousClock.Instant)?
    var lastError: OffloadError?
    /// When a connection was last lost.
    var lastCut: ContinuousClock.Instant?
    /// Until when it is spared since it was overloaded, and how long that is; nil after an answer.
    var spared: (until: ContinuousClock.Instant, pause: Duration)?

    func isSpared(at now: ContinuousClock.Instant) -> Bool {
      spared.map { now < $0.until } ?? false
    }
  }

  /// How long an endpoint's latency is remembered: after so long without a call it counts 1/e.
  static let memory: Duration = .seconds(10)
  private static let smoothing = 0.2
  /// How long an endpoint is spared the first time that it is overloaded; it doubles with each time
  /// until it answers.
  static let firstSparing: Duration = .milliseconds(100)
  /// It is spared no longer.
  static let longestSparing: Duration = .seconds(3)

  /// Each endpoint's state, in the order given.
  private(set) var endpoints: [Health]

  init(count: Int, limits: CircuitBreakerLimits = CircuitBreakerLimits()) {
    precondition(count > 0, "there is an endpoint to choose")
    endpoints = (0..<count).map { _ in Health(breaker: CircuitBreaker(limits)) }
  }

  /// Whether an endpoint outside the given ones would take a call, and none has lately been refused there.
  func hasReady(except tried: Set<Int>, at now: ContinuousClock.Instant) -> Bool {
    endpoints.indices.contains {
      !tried.contains($0) && endpoints[$0].breaker.readiness(at: now) == .ready
        && !endpoints[$0].isSpared(at: now)
    }
  }

  /// Chooses an endpoint outside the given ones; nil where none takes a call.
  ///
  /// An endpoint that is due for a probe comes first, since the call that probes it may be made
  /// elsewhere as well without costing budget. One that is spared is asked only where all are.
  mutating func lease(
    except tried: Set<Int>, mayProbe: Bool, at now: ContinuousClock.Instant,
    using generator: inout some RandomNumberGenerator
  ) -> Lease? {
    var ready: [Int] = []
    var due: [Int] = []
    for index in endpoints.indices where !tried.contains(index) {
      switch endpoints[index].breaker.readiness(at: now) {
      case .ready: ready.append(index)
      case .probe: due.append(index)
      case .refused: break
      }
    }
    let willing = ready.filter { !endpoints[$0].isSpared(at: now) }
    let willingToBeProbed = due.filter { !endpoints[$0].isSpared(at: now) }
    let chosen: Int?
    if !willingToBeProbed.isEmpty, mayProbe || ready.isEmpty {
      chosen = willingToBeProbed.randomElement(using: &generator)
    } else if ready.isEmpty {
      chosen = due.randomElement(using: &generator)
    } else {
      chosen = lighter(of: willing.isEmpty ? ready : willing, at: now, using: &generator)
    }
    guard let chosen, let ticket = endpoints[chosen].breaker.admit(at: now) else { return nil }
    endpoints[chosen].inFlight += 1
    endpoints[chosen].attempts += 1
    return Lease(endpoint: chosen, ticket: ticket, since: now)
  }

  /// The endpoint has answered, be it that the sample is no good: it works.
  mutating func answered(_ lease: Lease, at now: ContinuousClock.Instant) {
    endpoints[lease.endpoint].inFlight -= 1
    endpoints[lease.endpoint].breaker.succeeded(lease.ticket)
    endpoints[lease.endpoint].spared = nil
    let seconds = (now - lease.since) / .seconds(1)
    let old = endpoints[lease.endpoint].latency?.seconds ?? seconds
    endpoints[lease.endpoint].latency = (old + Self.smoothing * (seconds - old), now)
  }

  /// Another attempt, made later, was answered first, and this one is let go of.
  ///
  /// Of its latency no more is known than that it is longer. That is no failure: an endpoint may always
  /// be overtaken and still be the one that is left when the other is gone. A probe that took longer
  /// than usual has failed all the same, since it was to show that the endpoint works as usual.
  ///
  /// - Parameter usual: what an answer takes at most, usually; an endpoint that is known to be slower
  ///   gets its own latency.
  mutating func overtaken(_ lease: Lease, usual: Duration, at now: ContinuousClock.Instant) {
    let age = now - lease.since
    let old = endpoints[lease.endpoint].latency?.seconds
    guard lease.ticket.isProbe else {
      endpoints[lease.endpoint].inFlight -= 1
      let seconds = age / .seconds(1)
      let known = old ?? seconds
      endpoints[lease.endpoint].latency =
        (known + Self.smoothing * max(0, seconds - known), now)
      return
    }
    if age >= max(usual, .seconds(old ?? 0)) { return failed(lease, .deadlineExceeded, at: now) }
    endpoints[lease.endpoint].inFlight -= 1
    endpoints[lease.endpoint].breaker.undecided(lease.ticket, at: now)
  }

  /// The endpoint has failed.
  ///
  /// A connection that is lost takes every call on it along. That is one failure of the endpoint, so it
  /// counts once towards opening the circuit, however many calls were under way.
  mutating func failed(_ lease: Lease, _ error: OffloadError, at now: ContinuousClock.Instant) {
    endpoints[lease.endpoint].inFlight -= 1
    endpoints[lease.endpoint].failures += 1
    endpoints[lease.endpoint].lastError = error
    if error == .connectionClosed {
      if let cut = endpoints[lease.endpoint].lastCut, lease.since < cut {
        return endpoints[lease.endpoint].breaker.abandoned(lease.ticket)
      }
      endpoints[lease.endpoint].lastCut = now
    }
    if endpoints[lease.endpoint].breaker.failed(lease.ticket, at: now) {
      endpoints[lease.endpoint].openings += 1
    }
  }

  /// The endpoint was overloaded: it works, so its circuit stays as it is, but how fast it refuses is no
  /// latency, and where another takes calls it should get none for a while.
  mutating func refused(_ lease: Lease, at now: ContinuousClock.Instant) {
    abandoned(lease)
    // Calls that were under way together are refused together.
    guard !endpoints[lease.endpoint].isSpared(at: now) else { return }
    let pause = endpoints[lease.endpoint].spared.map { min(Self.longestSparing, $0.pause * 2) }
    let next = pause ?? Self.firstSparing
    endpoints[lease.endpoint].spared = (now + next, next)
  }

  /// The attempt's end says nothing about the endpoint.
  mutating func abandoned(_ lease: Lease) {
    endpoints[lease.endpoint].inFlight -= 1
    endpoints[lease.endpoint].breaker.abandoned(lease.ticket)
  }

  private func lighter(
    of candidates: [Int], at now: ContinuousClock.Instant,
    using generator: inout some RandomNumberGenerator
  ) -> Int? {
    guard candidates.count > 1 else { return candidates.first }
    let first = Int.random(in: 0..<candidates.count, using: &generator)
    var second = Int.random(in: 0..<candidates.count - 1, using: &generator)
    if second >= first { second += 1 }
    let (one, other) = (candidates[first], candidates[second])
    return load(of: one, at: now) <= load(of: other, at: now) ? one : other
  }

  /// What has never been asked has no load, and what was asked long ago has little.
  private func load(of index: Int, at now: ContinuousClock.Instant) -> Double {
    let endpoint = endpoints[index]
    // An unknown latency still lets calls under way count.
    guard let latency = endpoint.latency else { return Double(endpoint.inFlight) }
    let age = max(0, (now - latency.at) / Self.memory)
    return latency.seconds * exp(-age) * Double(endpoint.inFlight + 1)
  }
}
