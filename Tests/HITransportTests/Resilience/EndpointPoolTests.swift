import Testing

@testable import HITransport

@Suite struct EndpointPoolTests {
  private let start = ContinuousClock.now

  @Test func theFasterOfTwoGetsTheCalls() throws {
    var generator = SplitMix(seed: 1)
    var pool = EndpointPool(count: 2)
    var now = start
    for _ in 0..<200 {
      let lease = try granted(pool.lease(except: [], mayProbe: true, at: now, using: &generator))
      now += lease.endpoint == 0 ? .milliseconds(10) : .milliseconds(1)
      pool.answered(lease, at: now)
    }
    #expect(pool.endpoints[1].attempts > 180)
    #expect(pool.endpoints[0].attempts >= 1)
  }

  @Test func equalEndpointsShareTheLoadOfCallsUnderWay() throws {
    var generator = SplitMix(seed: 2)
    var pool = EndpointPool(count: 4)
    for _ in 0..<40 {
      _ = try granted(pool.lease(except: [], mayProbe: true, at: start, using: &generator))
    }
    // Two random choices keep the fullest within a few of the mean of 10.
    for endpoint in pool.endpoints { #expect((7...13).contains(endpoint.inFlight)) }
  }

  @Test func aFailingEndpointIsLeftOutAndProbedLater() throws {
    var generator = SplitMix(seed: 3)
    var limits = CircuitBreakerLimits()
    limits.failuresToOpen = 2
    limits.firstPause = .seconds(1)
    limits.successesToClose = 1
    var pool = EndpointPool(count: 2, limits: limits)
    var now = start
    func call(_ pool: inout EndpointPool, broken: Set<Int>) throws -> Int {
      let lease = try granted(pool.lease(except: [], mayProbe: true, at: now, using: &generator))
      if broken.contains(lease.endpoint) {
        pool.failed(lease, .connectionClosed, at: now)
      } else {
        pool.answered(lease, at: now + .milliseconds(1))
      }
      return lease.endpoint
    }
    for _ in 0..<50 { _ = try call(&pool, broken: [0]) }
    #expect(pool.endpoints[0].failures == 2)
    #expect(!pool.endpoints[0].breaker.isClosed)
    now += .seconds(1)
    #expect(try call(&pool, broken: []) == 0)
    #expect(pool.endpoints[0].breaker.isClosed)
  }

  @Test func aLostConnectionIsOneFailureHoweverManyCallsWereOnIt() throws {
    var generator = SplitMix(seed: 5)
    var limits = CircuitBreakerLimits()
    limits.failuresToOpen = 2
    var pool = EndpointPool(count: 1, limits: limits)
    func lease(at now: ContinuousClock.Instant) throws -> EndpointPool.Lease {
      try granted(pool.lease(except: [], mayProbe: true, at: now, using: &generator))
    }
    let together = try (0..<10).map { _ in try lease(at: start) }
    for one in together { pool.failed(one, .connectionClosed, at: start + .milliseconds(1)) }
    #expect(pool.endpoints[0].failures == 10)
    #expect(pool.endpoints[0].breaker.isClosed)
    #expect(pool.endpoints[0].inFlight == 0)
    // The connection that was made after it, lost as well, is a second one.
    let next = try lease(at: start + .milliseconds(2))
    pool.failed(next, .connectionClosed, at: start + .milliseconds(3))
    #expect(!pool.endpoints[0].breaker.isClosed)
  }

  @Test func anOvertakenAttemptsAgeIsTheLeastThatItsLatencyIs() throws {
    var generator = SplitMix(seed: 8)
    var pool = EndpointPool(count: 1)
    func overtaken(after age: Duration, at now: ContinuousClock.Instant) throws -> Double? {
      let lease = try granted(pool.lease(except: [], mayProbe: true, at: now, using: &generator))
      pool.overtaken(lease, usual: .milliseconds(1), at: now + age)
      return pool.endpoints[0].latency?.seconds
    }
    #expect(try overtaken(after: .milliseconds(500), at: start) == 0.5)
    // What is less than the latency known says nothing new, but that it still holds.
    #expect(try overtaken(after: .milliseconds(250), at: start + .seconds(60)) == 0.5)
    let fed = try #require(pool.endpoints[0].latency?.at)
    #expect(fed == start + .seconds(60) + .milliseconds(250))
    let raised = try #require(try overtaken(after: .seconds(1), at: fed))
    #expect(abs(raised - 0.6) < 1e-12)
    #expect(pool.endpoints[0].failures == 0 && pool.endpoints[0].inFlight == 0)
  }

  @Test func aProbeThatIsOvertakenLaterThanUsualHasFailed() throws {
    for (age, failures) in [(Duration.milliseconds(19), 1), (.milliseconds(20), 2)] {
      var generator = SplitMix(seed: 9)
      var limits = CircuitBreakerLimits()
      limits.failuresToOpen = 1
      var pool = EndpointPool(count: 1, limits: limits)
      func lease(at now: ContinuousClock.Instant) throws -> EndpointPool.Lease {
        try granted(pool.lease(except: [], mayProbe: true, at: now, using: &generator))
      }
      pool.failed(try lease(at: start), .connectionClosed, at: start)
      let due = start + limits.firstPause
      pool.overtaken(try lease(at: due), usual: .milliseconds(20), at: due + age)
      #expect(pool.endpoints[0].failures == failures && pool.endpoints[0].inFlight == 0)
      let pause = limits.firstPause * failures
      #expect(
        pool.endpoints[0].breaker.readiness(at: due + age + pause - .nanoseconds(1)) == .refused)
      #expect(pool.endpoints[0].breaker.readiness(at: due + age + pause) == .probe)
    }
  }

  @Test func aRefusalSparesAnEndpointForLongerAndLongerUntilItAnswers() throws {
    var generator = SplitMix(seed: 6)
    var pool = EndpointPool(count: 1)
    var now = start
    func lease() throws -> EndpointPool.Lease {
      try granted(pool.lease(except: [], mayProbe: true, at: now, using: &generator))
    }
    for milliseconds in [100, 200, 400, 800, 1600, 3000, 3000, 100] {
      // The only one there is is asked all the same; calls refused together are one refusal.
      let together = try [lease(), lease()]
      if milliseconds == 100 { pool.answered(try lease(), at: now) }
      for one in together { pool.refused(one, at: now) }
      now += .milliseconds(milliseconds) - .nanoseconds(1)
      #expect(!pool.hasReady(except: [], at: now))
      now += .nanoseconds(1)
      #expect(pool.hasReady(except: [], at: now))
    }
    #expect(pool.endpoints[0].breaker.isClosed && pool.endpoints[0].inFlight == 0)
  }

  @Test func aProbeThatIsRefusedDoesNotBringTheNextOneAtOnce() throws {
    var generator = SplitMix(seed: 7)
    var limits = CircuitBreakerLimits()
    limits.failuresToOpen = 1
    var pool = EndpointPool(count: 2, limits: limits)
    let first = try granted(pool.lease(except: [1], mayProbe: true, at: start, using: &generator))
    pool.failed(first, .connectionClosed, at: start)
    let now = start + limits.firstPause
    func lease() throws -> EndpointPool.Lease {
      try granted(pool.lease(except: [], mayProbe: true, at: now, using: &generator))
    }
    let probe = try lease()
    #expect(probe.endpoint == 0)
    pool.refused(probe, at: now)
    let next = try lease()
    #expect(next.endpoint == 1)
  }

  @Test func thereIsNoneWhereAllAreLeftAlone() throws {
    var generator = SplitMix(seed: 4)
    var limits = CircuitBreakerLimits()
    limits.failuresToOpen = 1
    var pool = EndpointPool(count: 3, limits: limits)
    for _ in 0..<3 {
      let lease = try granted(pool.lease(except: [], mayProbe: true, at: start, using: &generator))
      pool.failed(lease, .overloaded, at: start)
    }
    #expect(pool.lease(except: [], mayProbe: true, at: start, using: &generator) == nil)
    #expect(!pool.hasReady(except: [], at: start))
  }
}
