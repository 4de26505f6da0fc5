import Testing

@testable import HITransport

/// One call over several endpoints, driven by hand: what is asked, when, and how it ends.
@Suite struct OffloadCallTests {
  private let start = ContinuousClock.now
  private let answer = RemoteAnswer(prediction: 3, confidence: 0.5, serverTime: .zero)

  private func coordinator(
    endpoints: Int = 2, retries: Int = 0, hedge: HedgePolicy? = nil,
    requestTimeout: Duration? = nil
  ) -> OffloadCoordinator {
    var configuration = ResilienceConfiguration()
    configuration.retry = RetryPolicy(maximumRetries: retries)
    configuration.hedge = hedge
    configuration.requestTimeout = requestTimeout
    return OffloadCoordinator(
      endpoints: endpoints, configuration: configuration, generator: SplitMix(seed: 1))
  }

  /// A coordinator that has seen so many answers, all after 10 ms.
  private func warm(_ shared: inout OffloadCoordinator, calls: Int = 30) {
    for _ in 0..<calls {
      var call = OffloadCall(deadline: start + .seconds(1))
      guard case .attempt(let number, _, _) = call.begin(at: start, &shared).first else { return }
      _ = call.ended(number, .success(answer), at: start + .milliseconds(10), &shared)
    }
  }

  private func attempt(_ steps: [OffloadCall.Step]) -> (number: Int, endpoint: Int)? {
    guard case .attempt(let number, let endpoint, _) = steps.first, steps.count == 1 else {
      return nil
    }
    return (number, endpoint)
  }

  @Test func anAnswerEndsTheCall() throws {
    var shared = coordinator()
    var call = OffloadCall(deadline: start + .seconds(1))
    let first = try granted(attempt(call.begin(at: start, &shared)))
    #expect(
      call.ended(first.number, .success(answer), at: start, &shared)
        == [.finish(.success(answer))])
    #expect(call.isFinished)
    #expect(call.tick(at: start + .seconds(2), &shared) == [])
    #expect(call.cancel(&shared) == [])
  }

  @Test func anAttemptGetsTheRequestTimeoutOrWhatIsLeft() {
    var shared = coordinator(requestTimeout: .milliseconds(100))
    var call = OffloadCall(deadline: start + .seconds(1))
    #expect(limit(call.begin(at: start, &shared)) == .milliseconds(100))
    var late = OffloadCall(deadline: start + .seconds(1))
    #expect(
      limit(late.begin(at: start + .milliseconds(970), &shared)) == .milliseconds(30))
    var tooLate = OffloadCall(deadline: start)
    #expect(tooLate.begin(at: start, &shared) == [.finish(.failure(.deadlineExceeded))])
  }

  private func limit(_ steps: [OffloadCall.Step]) -> Duration? {
    if case .attempt(_, _, let limit) = steps.first { limit } else { nil }
  }

  @Test func aFailureIsAskedElsewhereAtOnceAndThenEndsTheCall() throws {
    var shared = coordinator(retries: 1)
    var call = OffloadCall(deadline: start + .seconds(1))
    let first = try granted(attempt(call.begin(at: start, &shared)))
    let second = try granted(
      attempt(call.ended(first.number, .failure(.connectionClosed), at: start, &shared)))
    #expect(second.endpoint != first.endpoint)
    #expect(
      call.ended(second.number, .failure(.overloaded), at: start, &shared)
        == [.finish(.failure(.overloaded))])
    #expect(shared.statistics.retries == 1)
  }

  @Test func theOnlyEndpointIsAskedAgainAfterADelay() throws {
    var shared = coordinator(endpoints: 1, retries: 2)
    var call = OffloadCall(deadline: start + .seconds(1))
    let first = try granted(attempt(call.begin(at: start, &shared)))
    #expect(call.ended(first.number, .failure(.overloaded), at: start, &shared) == [])
    let due = call.nextTick
    #expect((start + .milliseconds(5)...start + .milliseconds(10)).contains(due))
    #expect(call.tick(at: due - .nanoseconds(1), &shared) == [])
    #expect(attempt(call.tick(at: due, &shared))?.endpoint == 0)
  }

  @Test(arguments: [(OffloadError.rejected("no"), 2), (.notAuthorised, 1)])
  func whatTheServerWouldSayAgainEndsTheCall(error: OffloadError, endpoints: Int) throws {
    var shared = coordinator(endpoints: endpoints, retries: 5)
    var call = OffloadCall(deadline: start + .seconds(1))
    let first = try granted(attempt(call.begin(at: start, &shared)))
    #expect(
      call.ended(first.number, .failure(error), at: start, &shared)
        == [.finish(.failure(error))])
  }

  @Test func everyEndpointIsAskedOnceWhetherItTakesTheToken() throws {
    var shared = coordinator(endpoints: 3, retries: 5)
    var call = OffloadCall(deadline: start + .seconds(1))
    var steps = call.begin(at: start, &shared)
    var asked: Set<Int> = []
    while let (number, endpoint) = attempt(steps), asked.count < 3 {
      asked.insert(endpoint)
      steps = call.ended(number, .failure(.notAuthorised), at: start, &shared)
    }
    #expect(asked == [0, 1, 2])
    #expect(steps == [.finish(.failure(.notAuthorised))])
    #expect(shared.statistics.retries == 2)
    #expect(shared.pool.endpoints.map(\.failures) == [1, 1, 1])
  }

  /// The sample that finds out whether an endpoint works again is not lost with it.
  @Test func aProbeWhoseTokenIsRefusedIsAskedElsewhereForNothing() throws {
    var shared = coordinator()
    warm(&shared)
    let pause = shared.configuration.breaker.firstPause
    for _ in 0..<shared.configuration.breaker.failuresToOpen {
      let lease = try granted(shared.lease(except: [1], mayProbe: false, at: start))
      shared.pool.failed(lease, .notAuthorised, at: start)
    }
    var call = OffloadCall(deadline: start + pause + .seconds(1))
    let probe = try granted(attempt(call.begin(at: start + pause, &shared)))
    #expect(probe.endpoint == 0)
    let other = try granted(
      attempt(call.ended(probe.number, .failure(.notAuthorised), at: start + pause, &shared)))
    #expect(other.endpoint == 1)
  }

  @Test func aModelThatFailsIsAskedElsewhereOnce() throws {
    var shared = coordinator(endpoints: 3, retries: 5)
    var call = OffloadCall(deadline: start + .seconds(1))
    let first = try granted(attempt(call.begin(at: start, &shared)))
    let second = try granted(
      attempt(call.ended(first.number, .failure(.modelFailed("a")), at: start, &shared)))
    #expect(second.endpoint != first.endpoint)
    #expect(
      call.ended(second.number, .failure(.modelFailed("b")), at: start, &shared)
        == [.finish(.failure(.modelFailed("b")))])
    // A failure's time is no latency.
    #expect(shared.pool.endpoints.allSatisfy { $0.latency == nil })
    #expect(shared.pool.endpoints.reduce(0) { $0 + $1.failures } == 2)
  }

  @Test func retriesOfAllCallsTogetherStayWithinTheBudget() {
    var shared = coordinator(retries: 3)
    var attempts = 0
    let calls = 1000
    for _ in 0..<calls {
      var call = OffloadCall(deadline: start + .seconds(1))
      var steps = call.begin(at: start, &shared)
      while case .attempt(let number, _, _) = steps.first {
        attempts += 1
        steps = call.ended(number, .failure(.overloaded), at: start, &shared)
        if steps.isEmpty { steps = call.tick(at: call.nextTick, &shared) }
      }
    }
    // 10 saved up and 0.2 a call, at most.
    #expect(attempts <= calls + 10 + calls / 5)
    #expect(attempts > calls + calls / 10)
  }

  @Test func aSlowAnswerIsHedgedAfterTheP95AndTheLoserIsLetGo() throws {
    var shared = coordinator(hedge: HedgePolicy())
    warm(&shared)
    var call = OffloadCall(deadline: start + .seconds(1))
    let first = try granted(attempt(call.begin(at: start, &shared)))
    let due = call.nextTick
    let delay = (due - start) / .milliseconds(1)
    #expect(abs(delay - 10) <= 10 * LatencyQuantile.relativeError)
    #expect(call.tick(at: due - .nanoseconds(1), &shared) == [])
    let second = try granted(attempt(call.tick(at: due, &shared)))
    #expect(second.endpoint != first.endpoint)
    // Only one hedge a call.
    #expect(call.tick(at: due + .milliseconds(500), &shared) == [])
    let end = call.ended(
      second.number, .success(answer), at: due + .milliseconds(1), &shared)
    #expect(end == [.finish(.success(answer))])
    let late = call.ended(
      first.number, .success(answer), at: due + .milliseconds(2), &shared)
    #expect(late.isEmpty)
    #expect(shared.statistics.hedges == 1 && shared.statistics.hedgesWon == 1)
    #expect(shared.pool.endpoints.allSatisfy { $0.inFlight == 0 && $0.failures == 0 })
  }

  @Test func anOvertakenAttemptsAgeIsALatencyToo() throws {
    var shared = coordinator(hedge: HedgePolicy())
    warm(&shared)
    let before = shared.latencies.count
    var call = OffloadCall(deadline: start + .seconds(1))
    _ = try granted(attempt(call.begin(at: start, &shared)))
    let hedge = try granted(attempt(call.tick(at: start + .milliseconds(50), &shared)))
    _ = call.ended(hedge.number, .success(answer), at: start + .milliseconds(60), &shared)
    #expect(shared.latencies.count == before + 2)
    let longest = try #require(shared.latencies.estimate(1)) / .milliseconds(1)
    #expect(abs(longest - 60) <= 60 * LatencyQuantile.relativeError + 1e-9)
  }

  @Test func thereIsNoHedgeBeforeEnoughIsKnownAndNoneBeyondTheBudget() throws {
    var policy = HedgePolicy()
    policy.budget = AttemptBudgetLimits(perCall: 0, perSecond: 0, capacity: 1)
    var shared = coordinator(hedge: policy)
    warm(&shared, calls: policy.warmUp - 1)
    var cold = OffloadCall(deadline: start + .seconds(1))
    let first = try granted(attempt(cold.begin(at: start, &shared)))
    #expect(cold.nextTick == start + .seconds(1))
    _ = cold.ended(first.number, .success(answer), at: start + .milliseconds(10), &shared)
    for expected in [1, 1, 1] {
      var call = OffloadCall(deadline: start + .seconds(1))
      _ = call.begin(at: start, &shared)
      _ = call.tick(at: start + .milliseconds(100), &shared)
      #expect(shared.statistics.hedges == expected)
      _ = call.cancel(&shared)
    }
  }

  @Test func aFailureWhileTheHedgeIsUnderWayWaitsForIt() throws {
    var shared = coordinator(retries: 1, hedge: HedgePolicy())
    warm(&shared)
    var call = OffloadCall(deadline: start + .seconds(1))
    let first = try granted(attempt(call.begin(at: start, &shared)))
    let second = try granted(attempt(call.tick(at: start + .milliseconds(50), &shared)))
    let now = start + .milliseconds(60)
    #expect(call.ended(first.number, .failure(.connectionClosed), at: now, &shared) == [])
    #expect(
      call.ended(second.number, .success(answer), at: now, &shared)
        == [.finish(.success(answer))])
  }

  @Test func theDeadlineEndsTheCallWhateverIsUnderWay() throws {
    var shared = coordinator(retries: 5)
    var call = OffloadCall(deadline: start + .seconds(1))
    _ = try granted(attempt(call.begin(at: start, &shared)))
    #expect(call.nextTick == start + .seconds(1))
    #expect(
      call.tick(at: start + .seconds(1), &shared) == [.finish(.failure(.deadlineExceeded))])
    #expect(shared.pool.endpoints.reduce(0) { $0 + $1.failures } == 1)
  }

  static let timeOuts: [(requestTimeout: Duration?, deadline: Duration, failures: Int)] = [
    (nil, .milliseconds(249), 0), (nil, .milliseconds(250), 1),
    (.milliseconds(30), .milliseconds(29), 0), (.milliseconds(30), .milliseconds(40), 1),
  ]

  @Test(arguments: timeOuts)
  func beforeTheFirstAnswerAShortCallersTimeOutBlamesNobody(
    requestTimeout: Duration?, deadline: Duration, failures: Int
  ) {
    var shared = coordinator(endpoints: 1, requestTimeout: requestTimeout)
    var call = OffloadCall(deadline: start + deadline)
    _ = call.begin(at: start, &shared)
    #expect(
      call.tick(at: start + deadline, &shared) == [.finish(.failure(.deadlineExceeded))])
    #expect(shared.pool.endpoints[0].failures == failures)
    #expect(shared.pool.endpoints[0].inFlight == 0)
  }

  @Test func whenAllAreLeftAloneTheCallEndsAtOnceAndSaysWhy() throws {
    var shared = coordinator(endpoints: 1)
    for _ in 0..<5 {
      var call = OffloadCall(deadline: start + .seconds(1))
      let first = try granted(attempt(call.begin(at: start, &shared)))
      _ = call.ended(first.number, .failure(.unreachable("nobody")), at: start, &shared)
    }
    var call = OffloadCall(deadline: start + .seconds(1))
    guard case .finish(.failure(.circuitOpen(let reason))) = call.begin(at: start, &shared).first
    else {
      Issue.record("the circuit is still closed")
      return
    }
    #expect(reason.contains("unreachable"))
  }

  @Test func aFailedProbeIsAskedElsewhereWithoutRetries() throws {
    var shared = coordinator(endpoints: 2, retries: 0)
    // Endpoint 0 fails one call after the other until it is left alone.
    var now = start
    for _ in 0..<1000 where shared.pool.endpoints.allSatisfy(\.breaker.isClosed) {
      var call = OffloadCall(deadline: now + .seconds(1))
      let first = try granted(attempt(call.begin(at: now, &shared)))
      now += .microseconds(100)
      let result: Result<RemoteAnswer, OffloadError> =
        first.endpoint == 0 ? .failure(.connectionClosed) : .success(answer)
      _ = call.ended(first.number, result, at: now, &shared)
    }
    #expect(!shared.pool.endpoints[0].breaker.isClosed)
    let later = start + .seconds(1)
    var call = OffloadCall(deadline: later + .seconds(1))
    let probe = try granted(attempt(call.begin(at: later, &shared)))
    #expect(probe.endpoint == 0)
    let second = try granted(
      attempt(call.ended(probe.number, .failure(.connectionClosed), at: later, &shared)))
    #expect(second.endpoint == 1)
  }

  /// Random events in random order: every call ends exactly once, never after its deadline's tick,
  /// and nothing is left under way.
  @Test(arguments: 0..<300) func everyCallEndsExactlyOnce(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    var shared = coordinator(
      endpoints: Int.random(in: 1...3, using: &generator),
      retries: Int.random(in: 0...3, using: &generator),
      hedge: Bool.random(using: &generator) ? HedgePolicy() : nil,
      requestTimeout: Bool.random(using: &generator) ? .milliseconds(300) : nil)
    if Bool.random(using: &generator) { warm(&shared) }
    let errors = RetryPolicyTests.table.map(\.0)
    var now = start
    for _ in 0..<50 {
      let deadline = now + .milliseconds(Int64.random(in: 1...1000, using: &generator))
      var call = OffloadCall(deadline: deadline)
      var out: [Int] = []
      var ends = 0
      func take(_ steps: [OffloadCall.Step]) {
        for step in steps {
          switch step {
          case .finish: ends += 1
          case .attempt(let number, _, let limit):
            out.append(number)
            if limit <= .zero || now + limit > deadline {
              Issue.record("an attempt got \(limit), which is beyond the deadline")
            }
          }
        }
      }
      take(call.begin(at: now, &shared))
      while ends == 0 {
        now += .milliseconds(Int64.random(in: 0...100, using: &generator))
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<4 where !out.isEmpty:
          let number = out.remove(at: Int.random(in: 0..<out.count, using: &generator))
          let result: Result<RemoteAnswer, OffloadError> =
            Bool.random(using: &generator)
            ? .success(answer) : .failure(errors.randomElement(using: &generator)!)
          take(call.ended(number, result, at: now, &shared))
        case 9: take(call.cancel(&shared))
        default: take(call.tick(at: now, &shared))
        }
      }
      for number in out { take(call.ended(number, .success(answer), at: now, &shared)) }
      take(call.tick(at: now + .seconds(10), &shared))
      take(call.cancel(&shared))
      #expect(ends == 1)
      #expect(shared.pool.endpoints.allSatisfy { $0.inFlight == 0 })
    }
  }
}
