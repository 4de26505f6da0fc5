import HIData
import Testing

@testable import HITransport

@Suite struct OffloadGroupsTests {
  private let start = ContinuousClock.now
  private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
    start + .milliseconds(milliseconds)
  }

  @Test func halfOfAnothersTimeIsAsUrgentAndLessIsMore() {
    var groups = OffloadGroups<String>(size: 2, patience: .milliseconds(10))
    #expect(groups.join(1, "a", until: at(1000), at: at(0)) == [])
    #expect(groups.join(2, "urgent", until: at(499), at: at(0)) == [])
    #expect(groups.join(3, "b", until: at(1500), at: at(0)) == ["a", "b"])
    #expect(groups.join(4, "patient", until: at(999), at: at(0)) == [])
    #expect(groups.join(5, "half", until: at(250), at: at(0)) == ["urgent", "half"])
    #expect(groups.tick(at: at(9)) == [])
    #expect(groups.tick(at: at(10)) == [["patient"]])
    #expect(groups.due == nil)
  }

  @Test func theUrgentDoNotHurryTheOthers() {
    var groups = OffloadGroups<String>(size: 9, patience: .milliseconds(10))
    _ = groups.join(1, "a", until: at(990), at: at(0))
    _ = groups.join(2, "x", until: at(12), at: at(0))
    _ = groups.join(3, "y", until: at(13), at: at(1))
    #expect(groups.due == at(6))
    #expect(groups.tick(at: at(6)) == [["x", "y"]])
    #expect(groups.due == at(10))
    // No time at all: at once, and alone.
    #expect(groups.join(4, "z", until: at(7), at: at(7)) == ["z"])
    #expect(groups.tick(at: at(10)) == [["a"]])
  }

  @Test func whoIsWithdrawnLeavesOnce() {
    var groups = OffloadGroups<String>(size: 2, patience: .milliseconds(10))
    _ = groups.join(1, "a", until: at(1000), at: at(0))
    #expect(groups.withdraw(1) == "a")
    #expect(groups.withdraw(1) == nil)
    #expect(groups.due == nil)
    #expect(groups.join(2, "b", until: at(1000), at: at(1)) == [])
    #expect(groups.join(3, "c", until: at(1000), at: at(1)) == ["b", "c"])
    #expect(groups.withdraw(3) == nil)
  }

  /// Whatever happens in whatever order, each member leaves exactly once, no group is too large, and no
  /// member had less than half of another's time when the later of the two came.
  @Test(arguments: 0..<50) func everyMemberLeavesExactlyOnceWithItsLike(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let size = Int.random(in: 1...5, using: &random)
    var groups = OffloadGroups<Int>(size: size, patience: .milliseconds(7))
    var left: [Int] = []
    var times: [(joined: Int, end: Int)] = []
    var now = 0
    func take(_ group: [Int]) {
      #expect(group.count <= size)
      left += group
      for (place, one) in group.enumerated() {
        for other in group[..<place] {
          let joined = max(times[one].joined, times[other].joined)
          let (a, b) = (times[one].end - joined, times[other].end - joined)
          #expect(2 * a >= b && 2 * b >= a)
        }
      }
    }
    for member in 0..<300 {
      now += Int.random(in: 0...6, using: &random)
      for group in groups.tick(at: at(now)) { take(group) }
      let end = now + Int.random(in: -2...200, using: &random)
      times.append((now, end))
      take(groups.join(member, member, until: at(end), at: at(now)))
      if Int.random(in: 0..<4, using: &random) == 0 {
        let one = Int.random(in: 0...member, using: &random)
        if let back = groups.withdraw(one) {
          #expect(back == one)
          left.append(one)
        }
      }
    }
    while let due = groups.due { for group in groups.tick(at: due) { take(group) } }
    #expect(left.sorted() == Array(0..<300))
  }
}
