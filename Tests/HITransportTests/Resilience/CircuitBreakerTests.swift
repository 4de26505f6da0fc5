import Testing

@testable import HITransport

/// The states of a circuit, driven by a clock that stands still until told otherwise.
@Suite struct CircuitBreakerTests {
  private let start = ContinuousClock.now

  private func breaker(
    failures: Int = 3, successes: Int = 2, pause: Duration = .seconds(1)
  ) -> CircuitBreaker {
    var limits = CircuitBreakerLimits()
    limits.failuresToOpen = failures
    limits.successesToClose = successes
    limits.firstPause = pause
    limits.longestPause = .seconds(3)
    return CircuitBreaker(limits)
  }

  private func opened(_ breaker: CircuitBreaker) throws -> CircuitBreaker {
    var breaker = breaker
    for _ in 0..<3 {
      let ticket = try granted(breaker.admit(at: start))
      breaker.failed(ticket, at: start)
    }
    return breaker
  }

  @Test func failuresInARowOpenItAndASuccessStartsTheCountAnew() throws {
    var breaker = breaker()
    for isSuccess in [false, false, true, false, false] {
      let ticket = try granted(breaker.admit(at: start))
      if isSuccess { breaker.succeeded(ticket) } else { breaker.failed(ticket, at: start) }
    }
    #expect(breaker.isClosed)
    let ticket = try granted(breaker.admit(at: start))
    let hasOpened = breaker.failed(ticket, at: start)
    #expect(hasOpened)
    #expect(breaker.admit(at: start) == nil)
  }

  @Test func afterThePauseOneCallAtATimeProbes() throws {
    var breaker = try opened(breaker())
    #expect(breaker.readiness(at: start + .milliseconds(999)) == .refused)
    let probe = try granted(breaker.admit(at: start + .seconds(1)))
    #expect(probe.isProbe)
    #expect(breaker.admit(at: start + .seconds(1)) == nil)
    breaker.succeeded(probe)
    #expect(!breaker.isClosed)
    let second = try granted(breaker.admit(at: start + .seconds(1)))
    breaker.succeeded(second)
    #expect(breaker.isClosed)
    #expect(breaker.admit(at: start + .seconds(1))?.isProbe == false)
  }

  @Test func failedProbesDoubleThePauseUpToTheLongest() throws {
    var breaker = try opened(breaker())
    var now = start + .seconds(1)
    for pause in [2, 3, 3, 3] {
      let probe = try granted(breaker.admit(at: now))
      breaker.failed(probe, at: now)
      #expect(breaker.readiness(at: now + .seconds(pause) - .nanoseconds(1)) == .refused)
      now += .seconds(pause)
      #expect(breaker.readiness(at: now) == .probe)
    }
  }

  @Test func anAbandonedProbeMakesRoomForTheNext() throws {
    var breaker = try opened(breaker())
    let now = start + .seconds(1)
    let probe = try granted(breaker.admit(at: now))
    breaker.abandoned(probe)
    #expect(breaker.readiness(at: now) == .probe)
  }

  @Test func anUndecidedProbeLeavesTheNextToTheShortestPauseAndTheDoublingAsItWas() throws {
    var breaker = try opened(breaker())
    var now = start + .seconds(1)
    breaker.failed(try granted(breaker.admit(at: now)), at: now)
    now += .seconds(2)
    breaker.undecided(try granted(breaker.admit(at: now)), at: now)
    #expect(breaker.readiness(at: now + .milliseconds(999)) == .refused)
    now += .seconds(1)
    // The pause before was 2 s, so the next is 4, of which 3 are allowed.
    breaker.failed(try granted(breaker.admit(at: now)), at: now)
    #expect(breaker.readiness(at: now + .milliseconds(2999)) == .refused)
    #expect(breaker.readiness(at: now + .seconds(3)) == .probe)
  }

  @Test func whatBeganBeforeItOpenedSaysNothingAfterIt() throws {
    var breaker = breaker()
    let early = try (0..<5).map { _ in try granted(breaker.admit(at: start)) }
    for ticket in early.prefix(3) { breaker.failed(ticket, at: start) }
    let probe = try granted(breaker.admit(at: start + .seconds(1)))
    breaker.succeeded(early[3])
    breaker.failed(early[4], at: start + .seconds(1))
    #expect(breaker.readiness(at: start + .seconds(1)) == .refused)
    breaker.succeeded(probe)
    #expect(breaker.readiness(at: start + .seconds(1)) == .probe)
  }

  /// Every sequence of eight events from both ends of the pause: whatever happens, at most one probe
  /// is out, an open circuit lets nothing through before its pause is over, and after it it does.
  @Test func noSequenceOfEventsBreaksTheRules() {
    let events = 4
    let length = 8
    var sequences = 1
    for _ in 0..<length { sequences *= events }
    for code in 0..<sequences {
      var breaker = breaker(failures: 2, successes: 1)
      var now = start
      var out: [CircuitBreaker.Ticket] = []
      var rest = code
      for _ in 0..<length {
        switch rest % events {
        case 0:
          let readiness = breaker.readiness(at: now)
          let ticket = breaker.admit(at: now)
          if (ticket == nil) != (readiness == .refused)
            || (ticket?.isProbe ?? false) != (readiness == .probe)
          {
            Issue.record("sequence \(code): \(readiness) gave \(String(describing: ticket))")
          }
          if let ticket { out.append(ticket) }
        case 1: if !out.isEmpty { breaker.succeeded(out.removeFirst()) }
        case 2: if !out.isEmpty { breaker.failed(out.removeFirst(), at: now) }
        default: now += .seconds(2)
        }
        rest /= events
      }
      // Nothing stays refused for ever: let go of what is out, wait, and a call goes through.
      for ticket in out { breaker.abandoned(ticket) }
      if breaker.readiness(at: now + .seconds(3)) == .refused {
        Issue.record("sequence \(code) ends with a circuit that stays open")
      }
    }
  }
}
