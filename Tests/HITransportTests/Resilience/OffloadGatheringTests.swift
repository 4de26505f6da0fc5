import HIData
import Testing

@testable import HITransport

@Suite struct OffloadGatheringTests {
  private let start = ContinuousClock.now
  private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
    start + .milliseconds(milliseconds)
  }

  @Test func aGroupGoesWhenItIsCompleteAndInTheOrderOfItsMembers() {
    var gathering = OffloadGathering<String>(size: 3, patience: .milliseconds(10))
    #expect(gathering.join(1, "a", until: at(1000), at: at(0)) == [])
    #expect(gathering.join(2, "b", until: at(1000), at: at(1)) == [])
    #expect(gathering.join(3, "c", until: at(1000), at: at(2)) == ["a", "b", "c"])
    #expect(gathering.due == nil)
    #expect(gathering.tick(at: at(2000)) == [])
  }

  @Test func theFirstMembersPatienceOrTheMostUrgentDeadlineEndsTheWait() {
    var gathering = OffloadGathering<String>(size: 9, patience: .milliseconds(10))
    _ = gathering.join(1, "a", until: at(1000), at: at(0))
    #expect(gathering.due == at(10))
    _ = gathering.join(2, "b", until: at(1000), at: at(5))
    #expect(gathering.due == at(10))
    // Half of what is left to it.
    _ = gathering.join(3, "c", until: at(10), at: at(6))
    #expect(gathering.due == at(8))
    #expect(gathering.tick(at: at(7)) == [])
    #expect(gathering.tick(at: at(8)) == ["a", "b", "c"])
  }

  @Test func whoHasNoTimeLeftGoesAtOnceAndTakesTheOthersAlong() {
    var gathering = OffloadGathering<String>(size: 9, patience: .milliseconds(10))
    _ = gathering.join(1, "a", until: at(1000), at: at(0))
    #expect(gathering.join(2, "b", until: at(3), at: at(3)) == ["a", "b"])
  }

  @Test func whoIsWithdrawnLeavesOnce() {
    var gathering = OffloadGathering<String>(size: 2, patience: .milliseconds(10))
    _ = gathering.join(1, "a", until: at(1000), at: at(0))
    #expect(gathering.withdraw(1) == "a")
    #expect(gathering.withdraw(1) == nil)
    #expect(gathering.due == nil)
    #expect(gathering.join(2, "b", until: at(1000), at: at(1)) == [])
    #expect(gathering.join(3, "c", until: at(1000), at: at(1)) == ["b", "c"])
    #expect(gathering.withdraw(3) == nil)
  }

  /// Whatever happens in whatever order, each member leaves exactly once and no group is too large.
  @Test(arguments: 0..<50) func everyMemberLeavesExactlyOnce(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let size = Int.random(in: 1...5, using: &random)
    var gathering = OffloadGathering<Int>(size: size, patience: .milliseconds(7))
    var left: [Int] = []
    var now = 0
    func take(_ group: [Int]) {
      #expect(group.count <= size)
      left += group
    }
    for member in 0..<300 {
      now += Int.random(in: 0...6, using: &random)
      if let due = gathering.due, due <= at(now) { take(gathering.tick(at: at(now))) }
      take(
        gathering.join(
          member, member, until: at(now + Int.random(in: -2...40, using: &random)), at: at(now)))
      if Int.random(in: 0..<4, using: &random) == 0 {
        let one = Int.random(in: 0...member, using: &random)
        if let back = gathering.withdraw(one) {
          #expect(back == one)
          left.append(one)
        }
      }
    }
    if let due = gathering.due { take(gathering.tick(at: due)) }
    #expect(left.sorted() == Array(0..<300))
  }
}
