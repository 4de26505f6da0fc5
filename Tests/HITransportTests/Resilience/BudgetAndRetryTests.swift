import Testing

@testable import HITransport

@Suite struct AttemptBudgetTests {
  private let start = ContinuousClock.now

  @Test func tenCallsEarnOneMoreAttempt() {
    var budget = AttemptBudget(
      AttemptBudgetLimits(perCall: 0.1, perSecond: 0, capacity: 5))
    for _ in 0..<5 { #expect(budget.spend(at: start) == true) }
    #expect(budget.spend(at: start) == false)
    for _ in 0..<9 { budget.callMade(at: start) }
    #expect(budget.spend(at: start) == false)
    budget.callMade(at: start)
    #expect(budget.spend(at: start) == true)
    #expect(budget.spend(at: start) == false)
  }

  @Test func timeEarnsAttemptsUpToTheCapacity() {
    var budget = AttemptBudget(AttemptBudgetLimits(perCall: 0, perSecond: 2, capacity: 3))
    for _ in 0..<3 { #expect(budget.spend(at: start) == true) }
    #expect(budget.spend(at: start + .milliseconds(499)) == false)
    #expect(budget.spend(at: start + .milliseconds(500)) == true)
    let later = start + .seconds(100)
    #expect((0..<4).map { _ in budget.spend(at: later) } == [true, true, true, false])
  }

  @Test func aClockThatIsReadOutOfOrderEarnsNothingTwice() {
    var budget = AttemptBudget(AttemptBudgetLimits(perCall: 0, perSecond: 1, capacity: 1))
    #expect(budget.spend(at: start + .seconds(10)) == true)
    #expect(budget.spend(at: start) == false)
    #expect(budget.spend(at: start + .seconds(10)) == false)
  }

  /// Over any run of calls and attempts, no more is spent than was there and was earned.
  @Test(arguments: 0..<20) func noSequenceSpendsMoreThanItEarned(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    let limits = AttemptBudgetLimits(perCall: 0.2, perSecond: 3, capacity: 4)
    var budget = AttemptBudget(limits)
    var now = start
    var calls = 0
    var spent = 0
    for _ in 0..<2000 {
      now += .milliseconds(Int64.random(in: 0...20, using: &generator))
      if Bool.random(using: &generator) {
        budget.callMade(at: now)
        calls += 1
      } else if budget.spend(at: now) {
        spent += 1
      }
    }
    let earned = limits.capacity + 0.2 * Double(calls) + 3 * ((now - start) / .seconds(1))
    #expect(Double(spent) <= earned + 1e-6)
    #expect(spent > 100)
  }
}

@Suite struct RetryPolicyTests {
  static let table: [(OffloadError, Bool)] = [
    (.unreachable(""), true), (.connectionClosed, true), (.deadlineExceeded, true),
    (.overloaded, true), (.protocolViolation(""), true), (.otherModel(""), true),
    (.rejected(""), false), (.modelFailed(""), false), (.notAuthorised, false),
    (.circuitOpen(""), false), (.cancelled, false),
  ]

  @Test(arguments: table) func onlyWhatCouldEndDifferentlyIsAskedAgain(
    error: OffloadError, isWorthIt: Bool
  ) {
    let policy = RetryPolicy(maximumRetries: 1)
    let delay = policy.delay(
      after: error, retries: 0, remaining: .seconds(1), another: false, chance: 0)
    #expect((delay != nil) == isWorthIt)
    #expect(
      policy.delay(after: error, retries: 1, remaining: .seconds(1), another: true, chance: 0)
        == nil)
  }

  @Test func delaysDoubleAndAreSpreadAndEndBeforeTheDeadline() {
    let policy = RetryPolicy(maximumRetries: 10)
    func delay(_ retries: Int, _ remaining: Duration, chance: Double = 0) -> Duration? {
      policy.delay(
        after: .overloaded, retries: retries, remaining: remaining, another: false,
        chance: chance)
    }
    #expect(
      (0..<6).map { delay($0, .seconds(1)) }
        == [10, 20, 40, 80, 160, 200].map { .milliseconds($0) })
    #expect(delay(0, .seconds(1), chance: 1) == .milliseconds(5))
    #expect(delay(0, .milliseconds(10)) == nil)
    #expect(delay(0, .milliseconds(11)) == .milliseconds(10))
  }

  @Test func anotherEndpointIsAskedAtOnceUnlessTimeIsUp() {
    let policy = RetryPolicy(maximumRetries: 1)
    func delay(_ remaining: Duration) -> Duration? {
      policy.delay(
        after: .connectionClosed, retries: 0, remaining: remaining, another: true, chance: 0)
    }
    #expect(delay(.nanoseconds(1)) == .zero)
    #expect(delay(.zero) == nil)
  }
}

@Suite struct LatencyQuantileTests {
  @Test(arguments: [0.5, 0.9, 0.95, 0.99], [UInt64(1), 2, 3])
  func theEstimateIsWithinItsErrorOfTheExactQuantile(quantile: Double, seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    var estimator = LatencyQuantile(window: 100_000)
    var exact: [Double] = []
    for _ in 0..<5000 {
      // From 10 µs to 1 s, every order of magnitude alike.
      let milliseconds = Double.random(in: -2...3, using: &generator).exponentOfTen
      exact.append(milliseconds)
      estimator.record(.milliseconds(1) * milliseconds)
    }
    exact.sort()
    let wanted = exact[Int(quantile * Double(exact.count - 1))]
    let found = try #require(estimator.estimate(quantile)) / .milliseconds(1)
    #expect(abs(found - wanted) <= wanted * (LatencyQuantile.relativeError + 1e-9))
  }

  @Test func thePastFadesSoThatTheEstimateFollows() throws {
    var estimator = LatencyQuantile(window: 100)
    for _ in 0..<1000 { estimator.record(.milliseconds(1)) }
    for _ in 0..<400 { estimator.record(.milliseconds(50)) }
    let median = try #require(estimator.estimate(0.5)) / .milliseconds(1)
    #expect(abs(median - 50) < 2)
  }

  /// Pareto's distribution, whose tail lies in buckets of one and none; the exact quantile is that of all
  /// latencies, each with the weight that is left of it.
  @Test(arguments: [0.5, 0.95, 0.99], [UInt64(1), 2, 3])
  func fadingKeepsTheTail(quantile: Double, seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    var estimator = LatencyQuantile(window: 200)
    var seen: [(milliseconds: Double, weight: Double)] = []
    for number in 1...3000 {
      let milliseconds = 1 / Double.random(in: 1e-6...1, using: &generator)
      estimator.record(.milliseconds(1) * milliseconds)
      seen.append((milliseconds, 1))
      // The first 200 fill the window, and from then on 100.
      if number >= 200, number % 100 == 0 { for place in seen.indices { seen[place].weight /= 2 } }
      guard number % 70 == 0 else { continue }
      let sorted = seen.sorted { $0.milliseconds < $1.milliseconds }
      func exact(_ rank: Double) -> Double {
        var below = 0.0
        for one in sorted {
          below += one.weight
          if below > rank { return one.milliseconds }
        }
        return sorted[sorted.count - 1].milliseconds
      }
      let found = try #require(estimator.estimate(quantile)) / .milliseconds(1)
      let rank = quantile * Double(estimator.count - 1)
      // Half a count is rounded in each fading, and halved by the next: less than one altogether.
      #expect(found >= exact(rank - 1) * (1 - LatencyQuantile.relativeError - 1e-9))
      #expect(found <= exact(rank + 1) * (1 + LatencyQuantile.relativeError + 1e-9))
    }
  }

  @Test func extremesAreCountedAtTheEdges() throws {
    var estimator = LatencyQuantile()
    #expect(estimator.estimate(0.95) == nil)
    for latency in [Duration.zero, .seconds(-1), .seconds(1_000_000)] { estimator.record(latency) }
    #expect(try #require(estimator.estimate(0)) < .microseconds(2))
    #expect(try #require(estimator.estimate(1)) > .seconds(950))
  }
}

@Suite struct ConcurrencyLimitTests {
  @Test func callsBeyondTheLimitWaitInOrder() {
    var limit = ConcurrencyLimit<String>(limit: 2)
    #expect(
      (1...4).map { limit.begin($0, waiter: "call \($0)") } == [.go, .go, .wait, .wait])
    #expect(limit.ended() == "call 3")
    #expect(limit.ended() == "call 4")
    #expect(limit.running == 2)
    #expect(limit.ended() == nil)
    #expect(limit.ended() == nil)
    #expect(limit.running == 0)
  }

  @Test func aCallThatGivesUpLosesItsPlaceInTheQueueAndNoOther() {
    var limit = ConcurrencyLimit<Int>(limit: 1)
    for id in 1...3 { _ = limit.begin(id, waiter: id) }
    let withdrew = limit.withdraw(2)
    #expect(withdrew)
    let again = limit.withdraw(2)
    #expect(!again)
    #expect(limit.ended() == 3)
    let tooLate = limit.withdraw(3)
    #expect(!tooLate)
  }

  @Test func aFullQueueRefusesAtOnceUntilACallHasLeftIt() {
    var limit = ConcurrencyLimit<Int>(limit: 1, waitingLimit: 2)
    #expect((1...4).map { limit.begin($0, waiter: $0) } == [.go, .wait, .wait, .refused])
    #expect(limit.waitingCount == 2)
    _ = limit.withdraw(2)
    #expect(limit.begin(5, waiter: 5) == .wait)
    #expect(limit.ended() == 3)
    #expect(limit.ended() == 5)
  }

  @Test(arguments: 0..<20) func neverAreMoreUnderWayThanTheLimit(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    var limit = ConcurrencyLimit<Int>(limit: 3)
    var running: Set<Int> = []
    var waiting: Set<Int> = []
    for id in 0..<1000 {
      switch Int.random(in: 0..<3, using: &generator) {
      case 0:
        if limit.begin(id, waiter: id) == .go { running.insert(id) } else { waiting.insert(id) }
      case 1:
        guard let one = running.randomElement(using: &generator) else { continue }
        running.remove(one)
        if let next = limit.ended() {
          #expect(waiting.remove(next) != nil)
          running.insert(next)
        }
      default:
        guard let one = waiting.randomElement(using: &generator) else { continue }
        waiting.remove(one)
        let withdrew = limit.withdraw(one)
        #expect(withdrew)
      }
      #expect(running.count <= 3)
      #expect(limit.running == running.count && limit.waitingCount == waiting.count)
      #expect(waiting.isEmpty || running.count == 3)
    }
  }
}

/// A generator that gives the same numbers for a seed (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Double {
  /// Ten to the power of this.
  fileprivate var exponentOfTen: Double {
    var result = 1.0
    let whole = Int(rounded(.down))
    for _ in 0..<abs(whole) { result = whole > 0 ? result * 10 : result / 10 }
    // Linear between the powers: the distribution's exact shape does not matter.
    return result * (1 + 9 * (self - rounded(.down)))
  }
}
