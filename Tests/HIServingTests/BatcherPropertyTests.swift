import HIData
import NIOCore
import Testing

@testable import HIServing

/// What holds for any rules and any sequence of events; a failure is named by its seed.
@Suite struct BatcherPropertyTests {
  /// A piece of work as the test knows it.
  private struct Item {
    let weight: Int
    let priority: InferencePriority
    let offered: UInt64
    let deadline: UInt64
  }

  /// Drives a batcher with random events under a manual clock and checks each of its steps.
  private struct Driver {
    let seed: UInt64
    var random: SeededGenerator
    let configuration: SchedulingConfiguration
    var batcher: Batcher<Int>
    var now: UInt64 = 0
    var items: [Item] = []
    var waiting: Set<Int> = []
    var busy = 0
    var highSinceNormal = 0
    var lastTaken: [InferencePriority: Int] = [:]

    init(seed: UInt64) {
      self.seed = seed
      random = SeededGenerator(seed: seed)
      var configuration = SchedulingConfiguration()
      configuration.workers = .random(in: 1...3, using: &random)
      configuration.maximumBatch = .random(in: 1...8, using: &random)
      configuration.queueLimit = .random(in: 1...30, using: &random)
      configuration.batchDelay = .nanoseconds(
        Bool.random(using: &random) ? 0 : Int.random(in: 1...20, using: &random))
      for size in 1...8 where Int.random(in: 0..<4, using: &random) == 0 {
        configuration.preferredBatches.append(size)
      }
      self.configuration = configuration
      batcher = Batcher(rules: BatchingRules(configuration))
    }

    var waitingSamples: Int { waiting.reduce(0) { $0 + items[$1].weight } }
    var delay: UInt64 { UInt64(batcher.rules.maximumDelay.nanoseconds) }

    mutating func run() {
      for _ in 0..<300 {
        now += .random(in: 0...3, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: offer()
        case 5..<8: if busy < configuration.workers { take() }
        default: finishOne()
        }
        #expect(batcher.count == waiting.count, "seed \(seed)")
        #expect(batcher.waitingSamples == waitingSamples, "seed \(seed)")
      }
      batcher.close()
      offer()
      busy = 0
      while take() {}
      #expect(waiting.isEmpty, "seed \(seed): what waits when the queue closes still leaves")
    }

    mutating func offer() {
      let id = items.count
      let item = Item(
        weight: .random(in: 1...(Bool.random(using: &random) ? 1 : 10), using: &random),
        priority: Int.random(in: 0..<3, using: &random) == 0 ? .normal : .high, offered: now,
        deadline: Bool.random(using: &random)
          ? UInt64(Int64.max) : now + .random(in: 0...40, using: &random))
      items.append(item)
      let offer = batcher.offer(
        id, weight: item.weight, priority: item.priority,
        deadline: .uptimeNanoseconds(item.deadline), at: .uptimeNanoseconds(now))
      leaveExpired(offer.expired)
      switch offer.admission {
      case .accepted:
        #expect(waiting.isEmpty || waitingSamples + item.weight <= configuration.queueLimit)
        waiting.insert(id)
      case .queueFull:
        #expect(!waiting.isEmpty && waitingSamples + item.weight > configuration.queueLimit)
        #expect(waiting.allSatisfy { items[$0].deadline > now }, "seed \(seed)")
      case .tooLate: #expect(!waiting.isEmpty && item.deadline < UInt64(Int64.max))
      case .closed: #expect(batcher.isClosed)
      }
    }

    /// Gives whether there may be more.
    @discardableResult
    mutating func take() -> Bool {
      let take = batcher.take(busy: busy, at: .uptimeNanoseconds(now))
      leaveExpired(take.expired)
      #expect(waiting.allSatisfy { items[$0].deadline > now }, "seed \(seed)")
      let oldest = waiting.map { items[$0].offered }.min()
      switch take.next {
      case .run:
        #expect(!take.batch.isEmpty)
        let size = take.batch.reduce(0) { $0 + items[$1].weight }
        #expect(size <= configuration.maximumBatch || take.batch.count == 1, "seed \(seed)")
        for id in take.batch { leave(id) }
        busy += 1
        return true
      case .waitForWork:
        #expect(waiting.isEmpty && !batcher.isClosed, "seed \(seed)")
      case .waitUntil(let due):
        // A worker is free and work waits: not for longer than the delay, nor with a full batch.
        #expect(!batcher.isClosed)
        #expect(due > .uptimeNanoseconds(now), "seed \(seed)")
        #expect(due <= .uptimeNanoseconds((oldest ?? 0) + delay), "seed \(seed)")
        #expect(waitingSamples < configuration.maximumBatch, "seed \(seed)")
      case .finished:
        #expect(waiting.isEmpty && batcher.isClosed, "seed \(seed)")
      }
      #expect(take.batch.isEmpty)
      return false
    }

    mutating func finishOne() {
      guard busy > 0 else { return }
      busy -= 1
      batcher.ran(
        samples: .random(in: 1...8, using: &random),
        for: .nanoseconds(.random(in: 0...30, using: &random)))
    }

    mutating func leave(_ id: Int) {
      let item = items[id]
      #expect(item.deadline > now, "seed \(seed): late work is not run")
      #expect(waiting.remove(id) != nil, "seed \(seed): \(id) left twice or was never accepted")
      #expect(lastTaken[item.priority, default: -1] < id, "seed \(seed): out of order")
      lastTaken[item.priority] = id
      let normalWaits = waiting.contains { items[$0].priority == .normal }
      highSinceNormal = item.priority == .high && normalWaits ? highSinceNormal + 1 : 0
      #expect(highSinceNormal <= batcher.rules.highInARow, "seed \(seed): normal work starves")
    }

    mutating func leaveExpired(_ expired: [Int]) {
      for id in expired {
        #expect(items[id].deadline <= now, "seed \(seed): it was still in time")
        #expect(waiting.remove(id) != nil, "seed \(seed): \(id) left twice")
      }
    }
  }

  @Test func everyAcceptedPieceOfWorkLeavesOnceInTimeAndInOrder() {
    for seed in 0..<400 as Range<UInt64> {
      var driver = Driver(seed: seed)
      driver.run()
    }
  }
}
