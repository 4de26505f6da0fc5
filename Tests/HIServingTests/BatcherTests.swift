import NIOCore
import Testing

@testable import HIServing

@Suite struct BatcherTests {
  private func time(_ nanoseconds: UInt64) -> NIODeadline { .uptimeNanoseconds(nanoseconds) }

  private func batcher(
    workers: Int = 1, maximum: Int = 4, preferred: [Int] = [], delay: Int64 = 0, limit: Int = 100
  ) -> Batcher<Int> {
    var configuration = SchedulingConfiguration()
    configuration.workers = workers
    configuration.maximumBatch = maximum
    configuration.preferredBatches = preferred
    configuration.batchDelay = .nanoseconds(delay)
    configuration.queueLimit = limit
    return Batcher(rules: BatchingRules(configuration))
  }

  private func offer(
    _ works: some Sequence<Int>, to batcher: inout Batcher<Int>, weight: Int = 1,
    priority: InferencePriority = .normal, deadline: NIODeadline = .distantFuture,
    at now: UInt64 = 0
  ) {
    for work in works {
      let offer = batcher.offer(
        work, weight: weight, priority: priority, deadline: deadline, at: time(now))
      #expect(offer.admission == .accepted)
    }
  }

  @Test func aFreeWorkerTakesWhatWaitsAtOnceWithoutADelay() {
    var batcher = batcher()
    #expect(batcher.take(busy: 0, at: time(0)).next == .waitForWork)
    offer(1...6, to: &batcher)
    #expect(batcher.take(busy: 0, at: time(0)).batch == [1, 2, 3, 4])
    #expect(batcher.take(busy: 0, at: time(0)).batch == [5, 6])
    #expect(batcher.take(busy: 0, at: time(0)).next == .waitForWork)
  }

  /// Two cores finish two samples sooner one each than both on one.
  @Test(arguments: [
    (0, [[1, 2], [3], [4]]), (1, [[1, 2], [3, 4], []]), (2, [[1, 2, 3, 4], [], []]),
  ])
  func whatWaitsIsSharedAmongTheFreeWorkers(busy: Int, batches: [[Int]]) {
    var batcher = batcher(workers: 3, maximum: 8)
    offer(1...4, to: &batcher)
    var found: [[Int]] = []
    for round in 0..<3 {
      found.append(batcher.take(busy: min(2, busy + round), at: time(0)).batch)
    }
    #expect(found == batches)
  }

  /// Such a worker is back before another has been woken.
  @Test func withShortBatchesWhatWaitsIsLeftToTheWorkerThatIsBusy() {
    var batcher = batcher(workers: 2, maximum: 4)
    offer(1...3, to: &batcher)
    let soon = time(150_000)
    #expect(batcher.isWorthAnotherWorker(since: time(0), at: soon), "nothing is known of the model")
    batcher.ran(samples: 1, for: .microseconds(50))
    #expect(!batcher.isWorthAnotherWorker(since: time(0), at: soon))
    #expect(batcher.isWorthAnotherWorker(since: time(0), at: time(150_001)), "it takes longer")
    #expect(batcher.take(busy: 0, at: soon).batch == [1, 2, 3], "and nothing is left to another")
    offer(4...7, to: &batcher)
    #expect(batcher.isWorthAnotherWorker(since: time(0), at: soon), "a whole batch waits")
  }

  /// However short its runs were.
  @Test func aModelThatAsksOtherServersIsNotWaitedFor() {
    var configuration = SchedulingConfiguration()
    configuration.workers = 2
    #expect(!BatchingRules(configuration, for: GatedBackend()).asksOthers)
    let tier = GatedBackend(tier: TierSnapshot(answers: [:], fallbacks: [:], upstreams: []))
    var batcher = Batcher<Int>(rules: BatchingRules(configuration, for: tier))
    batcher.ran(samples: 1, for: .microseconds(50))
    offer(1...4, to: &batcher)
    #expect(batcher.isWorthAnotherWorker(since: time(0), at: time(0)))
    #expect(batcher.take(busy: 0, at: time(0)).batch == [1, 2])
  }

  @Test func withLongBatchesOrADelayEveryWorkerIsWorthIt() {
    var long = batcher(workers: 2)
    long.ran(samples: 1, for: .microseconds(150))
    offer([1], to: &long)
    #expect(long.isWorthAnotherWorker(since: time(0), at: time(0)))
    var delayed = batcher(workers: 2, delay: 10)
    delayed.ran(samples: 1, for: .microseconds(50))
    offer([1], to: &delayed)
    #expect(delayed.isWorthAnotherWorker(since: time(0), at: time(0)))
  }

  @Test func withADelayABatchGoesWhenItIsFullOrItsOldestHasWaited() {
    var batcher = batcher(delay: 10)
    offer([1], to: &batcher, at: 100)
    #expect(batcher.take(busy: 0, at: time(100)).next == .waitUntil(time(110)))
    offer([2], to: &batcher, at: 105)
    #expect(!batcher.isReady(at: time(109)))
    #expect(batcher.take(busy: 0, at: time(110)).batch == [1, 2])
    offer(3...6, to: &batcher, at: 200)
    #expect(batcher.take(busy: 0, at: time(200)).batch == [3, 4, 5, 6])
  }

  @Test func thePreferredSizeGoesWithoutWaiting() {
    var batcher = batcher(maximum: 8, preferred: [2, 4], delay: 10)
    offer([1], to: &batcher)
    #expect(batcher.take(busy: 0, at: time(0)).next == .waitUntil(time(10)))
    offer(2...7, to: &batcher)
    #expect(batcher.take(busy: 0, at: time(0)).batch == [1, 2, 3, 4])
    #expect(batcher.take(busy: 0, at: time(0)).batch == [5, 6])
    #expect(batcher.take(busy: 0, at: time(9)).next == .waitUntil(time(10)))
    #expect(batcher.take(busy: 0, at: time(10)).batch == [7])
  }

  @Test func workWaitsForCompanyHalfTheWayToItsDeadlineAtMost() {
    var batcher = batcher(delay: 100)
    offer([1], to: &batcher, deadline: time(40))
    #expect(batcher.take(busy: 0, at: time(0)).next == .waitUntil(time(20)))
    #expect(batcher.take(busy: 0, at: time(20)).batch == [1])
  }

  @Test func expiredWorkIsHandedBackAndNeverRun() {
    var batcher = batcher()
    offer([1], to: &batcher, deadline: time(10))
    offer([2], to: &batcher, deadline: time(30))
    offer([3], to: &batcher, deadline: time(20))
    let take = batcher.take(busy: 0, at: time(20))
    #expect(take.batch == [2])
    #expect(take.expired == [1, 3])
    #expect(batcher.count == 0)
  }

  @Test func aFullQueueRefusesAndExpiredWorkMakesRoom() {
    var batcher = batcher(limit: 3)
    for (work, deadline) in [(1, 100), (2, 10), (3, 100)] as [(Int, UInt64)] {
      offer([work], to: &batcher, deadline: time(deadline))
    }
    let refused = batcher.offer(
      4, weight: 1, priority: .high, deadline: time(100), at: time(9))
    #expect(refused.admission == .queueFull)
    #expect(refused.expired == [])
    let accepted = batcher.offer(
      5, weight: 1, priority: .normal, deadline: time(100), at: time(10))
    #expect(accepted.admission == .accepted)
    #expect(accepted.expired == [2])
    #expect(batcher.take(busy: 0, at: time(10)).batch == [1, 3, 5])
  }

  @Test func aRequestLargerThanABatchOrTheQueueLeavesAlone() {
    var batcher = batcher(limit: 5)
    offer([1], to: &batcher, weight: 9)
    #expect(
      batcher.offer(2, weight: 1, priority: .normal, deadline: .distantFuture, at: time(0))
        .admission == .queueFull)
    #expect(batcher.take(busy: 0, at: time(0)).batch == [1])
    offer([3], to: &batcher, weight: 3)
    offer([4], to: &batcher, weight: 2)
    #expect(batcher.take(busy: 0, at: time(0)).batch == [3])
    #expect(batcher.take(busy: 0, at: time(0)).batch == [4])
  }

  @Test func highPriorityGoesFirstAndNormalStillHasAShare() {
    var batcher = batcher(maximum: 1)
    offer(0..<3, to: &batcher)
    offer(100..<120, to: &batcher, priority: .high)
    let order = (0..<23).flatMap { _ in batcher.take(busy: 0, at: time(0)).batch }
    #expect(
      order == Array(100..<108) + [0] + Array(108..<116) + [1] + Array(116..<120) + [2])
  }

  @Test func aClosedQueueRefusesButIsEmptiedFirst() {
    var batcher = batcher(delay: 1000)
    offer([1], to: &batcher)
    batcher.close()
    let refused = batcher.offer(
      2, weight: 1, priority: .normal, deadline: .distantFuture, at: time(0))
    #expect(refused.admission == .closed)
    #expect(batcher.take(busy: 0, at: time(0)).batch == [1])
    #expect(batcher.take(busy: 0, at: time(0)).next == .finished)
  }

  /// Batches of 100 ns for 4 samples: with one running, one sample ahead and itself, a request needs
  /// 100 + 25 + 100 ns, and a third of that to spare.
  @Test(arguments: [(299, Admission.tooLate), (300, .accepted)] as [(UInt64, Admission)])
  func aRequestWithoutHopeIsRefusedAtOnce(deadline: UInt64, admission: Admission) {
    var batcher = batcher()
    batcher.ran(samples: 4, for: .nanoseconds(100))
    offer([1], to: &batcher)
    let offer = batcher.offer(
      2, weight: 1, priority: .normal, deadline: time(deadline), at: time(0))
    #expect(offer.admission == admission)
  }

  @Test func anEmptyQueueTakesARequestWhateverTheModelTookBefore() {
    var batcher = batcher()
    batcher.ran(samples: 1, for: .seconds(1000))
    offer([1], to: &batcher, deadline: time(10))
    #expect(batcher.take(busy: 0, at: time(0)).batch == [1])
  }

  @Test func highPriorityIsJudgedByWhatIsAheadOfItOnly() {
    var batcher = batcher()
    batcher.ran(samples: 1, for: .nanoseconds(10))
    offer(0..<50, to: &batcher)
    let normal = batcher.offer(
      50, weight: 1, priority: .normal, deadline: time(100), at: time(0))
    let high = batcher.offer(51, weight: 1, priority: .high, deadline: time(100), at: time(0))
    #expect(normal.admission == .tooLate)
    #expect(high.admission == .accepted)
  }
}
