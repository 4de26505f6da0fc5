import Testing

@testable import HITransport

/// Two endpoints of which one is in trouble: where the calls go, and what the trouble costs them.
@Suite struct EndpointHealthTests {
  private func offloads(
    retries: Int = 1, hedge: HedgePolicy? = nil, seed: UInt64
  ) -> SimulatedOffloads {
    var configuration = ResilienceConfiguration()
    configuration.retry = RetryPolicy(maximumRetries: retries)
    configuration.hedge = hedge
    return SimulatedOffloads(seed: seed, configuration: configuration)
  }

  /// Both answer in so many calls.
  private func warm(_ offloads: inout SimulatedOffloads, calls: Int = 40) {
    for _ in 0..<calls { _ = offloads.call { _ in .answers(after: .milliseconds(10)) } }
  }

  /// An endpoint that refuses at once has few calls under way and no latency, but it is not the better one.
  @Test(arguments: [OffloadError.overloaded, .modelFailed("502")], 1...3 as ClosedRange<UInt64>)
  func anEndpointThatFailsFastDrawsNoTraffic(error: OffloadError, seed: UInt64) {
    for isKnown in [false, true] {
      var offloads = offloads(seed: seed)
      if isKnown { warm(&offloads) }
      let before = offloads.shared.pool.endpoints[0].attempts
      let outcomes = (0..<1000).map { _ in
        offloads.call {
          $0 == 0 ? .fails(after: .milliseconds(1), error) : .answers(after: .milliseconds(10))
        }
      }
      #expect(outcomes.allSatisfy { $0.isAnswered })
      // In ten seconds: it is asked again after 0.1, 0.2, 0.4 … 3 s, or probed after 0.5, 1, 2 … s.
      #expect(offloads.shared.pool.endpoints[0].attempts - before <= 12)
    }
  }

  @Test func anOverloadedEndpointIsAskedAgainWhenItAnswers() {
    var offloads = offloads(seed: 4)
    for _ in 0..<50 {
      _ = offloads.call {
        $0 == 0 ? .fails(after: .milliseconds(1), .overloaded) : .answers(after: .milliseconds(10))
      }
    }
    #expect(offloads.shared.pool.endpoints[0].breaker.isClosed)
    let before = offloads.shared.pool.endpoints[0].attempts
    offloads.rest(.seconds(3))
    for _ in 0..<100 { _ = offloads.call { _ in .answers(after: .milliseconds(10)) } }
    #expect(offloads.shared.pool.endpoints[0].attempts - before > 20)
    #expect(offloads.shared.pool.endpoints[0].spared == nil)
  }

  /// Endpoint 0 loses its connection until its circuit is open.
  private func open(_ offloads: inout SimulatedOffloads) {
    while offloads.shared.pool.endpoints[0].breaker.isClosed {
      _ = offloads.call {
        $0 == 0 ? .fails(after: .zero, .connectionClosed) : .answers(after: .milliseconds(10))
      }
    }
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func hedgedCallsDoNotProbeAHungEndpointAgainAndAgain(seed: UInt64) {
    var offloads = offloads(hedge: HedgePolicy(), seed: seed)
    warm(&offloads)
    open(&offloads)
    let before = offloads.shared.pool.endpoints[0].attempts
    let outcomes = (0..<3000).map { _ in
      offloads.call { $0 == 0 ? .hangs : .answers(after: .milliseconds(10)) }
    }
    #expect(outcomes.allSatisfy { $0.isAnswered && $0.took < .milliseconds(35) })
    // In thirty seconds: after 0.5, 1, 2, 4, 8 and 15 s.
    #expect((4...6).contains(offloads.shared.pool.endpoints[0].attempts - before))
    #expect(!offloads.shared.pool.endpoints[0].breaker.isClosed)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func hedgedCallsPreferTheEndpointThatAnswersToOneThatHangs(seed: UInt64) {
    var offloads = offloads(hedge: HedgePolicy(), seed: seed)
    warm(&offloads)
    let before = offloads.shared.pool.endpoints[0].attempts
    let outcomes = (0..<1000).map { _ in
      offloads.call { $0 == 0 ? .hangs : .answers(after: .milliseconds(10)) }
    }
    #expect(outcomes.allSatisfy { $0.isAnswered })
    #expect(offloads.shared.pool.endpoints[0].attempts - before < 100)
    #expect(offloads.shared.pool.endpoints[0].inFlight == 0)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func probesOfAHungEndpointCostNoSampleItsDeadline(seed: UInt64) {
    var offloads = offloads(retries: 0, seed: seed)
    warm(&offloads)
    open(&offloads)
    let before = offloads.shared.pool.endpoints[0].attempts
    let outcomes = (0..<3000).map { _ in
      offloads.call { $0 == 0 ? .hangs : .answers(after: .milliseconds(10)) }
    }
    #expect(outcomes.allSatisfy { $0.isAnswered && $0.took < .milliseconds(35) })
    #expect((4...6).contains(offloads.shared.pool.endpoints[0].attempts - before))
  }

  @Test func aProbesCallLeavesTheOtherEndpointItsUsualTime() {
    var offloads = offloads(retries: 0, seed: 5)
    warm(&offloads)
    open(&offloads)
    offloads.rest(.seconds(1))
    let outcome = offloads.call(deadline: .milliseconds(15)) {
      $0 == 0 ? .hangs : .answers(after: .milliseconds(9))
    }
    #expect(outcome.asked == [0, 1])
    #expect(outcome.isAnswered)
  }

  @Test func beforeAnyAnswerAProbesCallIsMadeElsewhereAtOnce() throws {
    var offloads = offloads(retries: 0, seed: 6)
    for _ in 0..<5 {
      let now = offloads.now
      let lease = try granted(offloads.shared.lease(except: [1], mayProbe: true, at: now))
      offloads.shared.pool.failed(lease, .connectionClosed, at: now)
    }
    offloads.rest(.seconds(1))
    let outcome = offloads.call { $0 == 0 ? .hangs : .answers(after: .milliseconds(10)) }
    #expect(outcome.asked == [0, 1])
    #expect(outcome.isAnswered && outcome.took == .milliseconds(10))
    #expect(offloads.shared.pool.endpoints.allSatisfy { $0.inFlight == 0 })
  }

  @Test func anEndpointThatWorksAgainIsAskedAgain() {
    var offloads = offloads(retries: 0, seed: 7)
    warm(&offloads)
    open(&offloads)
    offloads.rest(.seconds(1))
    let before = offloads.shared.pool.endpoints[0].attempts
    for _ in 0..<100 { _ = offloads.call { _ in .answers(after: .milliseconds(10)) } }
    #expect(offloads.shared.pool.endpoints[0].breaker.isClosed)
    #expect(offloads.shared.pool.endpoints[0].attempts - before > 20)
  }

  /// The other one would always overtake it after the time that is usual there.
  @Test func aSlowEndpointThatWorksAgainIsTakenBack() {
    var offloads = offloads(retries: 0, seed: 8)
    for _ in 0..<1000 {
      _ = offloads.call { .answers(after: .milliseconds($0 == 0 ? 50 : 10)) }
    }
    open(&offloads)
    offloads.rest(.seconds(1))
    for _ in 0..<2 {
      let outcome = offloads.call { .answers(after: .milliseconds($0 == 0 ? 50 : 10)) }
      #expect(outcome.asked == [0])
    }
    #expect(offloads.shared.pool.endpoints[0].breaker.isClosed)
  }
}
