import NIOCore
import Testing

@testable import HIServing

@Suite struct RequestQueueTests {
  private func time(_ nanoseconds: UInt64) -> NIODeadline { .uptimeNanoseconds(nanoseconds) }

  @Test func workLeavesInTheOrderInWhichItCame() {
    var queue = RequestQueue<Int>(limit: 3)
    for round in 0..<5 {
      for offset in 0..<3 {
        let offer = queue.offer(round * 3 + offset, deadline: .distantFuture, at: time(0))
        #expect(offer.accepted)
      }
      let taken = (0..<3).map { _ in queue.take(at: time(0)).work }
      #expect(taken == [round * 3, round * 3 + 1, round * 3 + 2])
    }
  }

  @Test func aFullQueueRefusesAtOnce() {
    var queue = RequestQueue<Int>(limit: 2)
    let accepted = (0..<3).map {
      queue.offer($0, deadline: .distantFuture, at: time(0)).accepted
    }
    #expect(accepted == [true, true, false])
    #expect(queue.count == 2)
  }

  @Test func expiredWorkIsHandedBackAndNeverRun() {
    var queue = RequestQueue<String>(limit: 4)
    _ = queue.offer("late", deadline: time(10), at: time(0))
    _ = queue.offer("in time", deadline: time(30), at: time(0))
    _ = queue.offer("late too", deadline: time(20), at: time(0))
    let first = queue.take(at: time(20))
    #expect(first.work == "in time")
    #expect(first.expired == ["late"])
    let second = queue.take(at: time(20))
    #expect(second.work == nil)
    #expect(second.expired == ["late too"])
    #expect(!second.isFinished)
  }

  @Test func expiredWorkMakesRoomInAFullQueue() {
    var queue = RequestQueue<Int>(limit: 3)
    for (work, deadline) in [(1, 100), (2, 10), (3, 100)] as [(Int, UInt64)] {
      _ = queue.offer(work, deadline: time(deadline), at: time(0))
    }
    let offer = queue.offer(4, deadline: time(100), at: time(10))
    #expect(offer.accepted)
    #expect(offer.expired == [2])
    let order = (0..<4).map { _ in queue.take(at: time(10)).work }
    #expect(order == [1, 3, 4, nil])
  }

  @Test func aClosedQueueRefusesButIsEmptiedFirst() {
    var queue = RequestQueue<Int>(limit: 2)
    _ = queue.offer(1, deadline: .distantFuture, at: time(0))
    queue.close()
    #expect(!queue.offer(2, deadline: .distantFuture, at: time(0)).accepted)
    let first = queue.take(at: time(0))
    #expect(first.work == 1)
    #expect(!first.isFinished)
    #expect(queue.take(at: time(0)).isFinished)
  }

  /// Against a plain array, over random offers and takes: nothing is lost, doubled or reordered.
  @Test func itBehavesAsAnArrayDoes() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let limit = Int.random(in: 1...6, using: &random)
      var queue = RequestQueue<Int>(limit: limit)
      var model: [(work: Int, deadline: UInt64)] = []
      for now in 0..<UInt64(60) {
        if Bool.random(using: &random) {
          let deadline = now + .random(in: 0...8, using: &random)
          let offer = queue.offer(Int(now), deadline: time(deadline), at: time(now))
          var expired: [Int] = []
          if model.count == limit {
            expired = model.filter { $0.deadline <= now }.map(\.work)
            model.removeAll { $0.deadline <= now }
          }
          #expect(offer.expired == expired)
          #expect(offer.accepted == (model.count < limit))
          if model.count < limit { model.append((Int(now), deadline)) }
        } else {
          let taken = queue.take(at: time(now))
          let index = model.firstIndex { $0.deadline > now }
          #expect(taken.expired == model[..<(index ?? model.count)].map(\.work))
          #expect(taken.work == index.map { model[$0].work })
          model.removeFirst(index.map { $0 + 1 } ?? model.count)
        }
        #expect(queue.count == model.count)
      }
    }
  }
}

@Suite struct PeerPatienceTests {
  private func time(_ seconds: UInt64) -> NIODeadline {
    .uptimeNanoseconds(seconds * 1_000_000_000)
  }

  private func patience() -> PeerPatience {
    PeerPatience(idleLimit: .seconds(100), stallLimit: .seconds(10), now: time(0))
  }

  @Test func aQuietConnectionIsClosedAfterTheIdleLimit() {
    let patience = patience()
    #expect(patience.verdict(at: time(99), isBusy: false) == .ask(again: time(100)))
    #expect(patience.verdict(at: time(100), isBusy: false) == .close)
    #expect(patience.verdict(at: time(100), isBusy: true) == .ask(again: time(200)))
  }

  @Test func dripFedRequestsAreClosedAfterTheStallLimit() {
    var patience = patience()
    for second in 1...10 {
      patience.received(at: time(UInt64(second)), madeProgress: false, hasPartialRequest: true)
    }
    #expect(patience.verdict(at: time(10), isBusy: false) == .ask(again: time(11)))
    #expect(patience.verdict(at: time(11), isBusy: false) == .close)
  }

  @Test func aRequestThatEndsStartsTheClockAnew() {
    var patience = patience()
    patience.received(at: time(1), madeProgress: false, hasPartialRequest: true)
    patience.received(at: time(9), madeProgress: true, hasPartialRequest: true)
    #expect(patience.verdict(at: time(12), isBusy: false) == .ask(again: time(19)))
    patience.received(at: time(15), madeProgress: true, hasPartialRequest: false)
    #expect(patience.verdict(at: time(15), isBusy: false) == .ask(again: time(115)))
  }

  @Test func aPeerThatDoesNotReadIsClosedAfterTheStallLimit() {
    var patience = patience()
    patience.writabilityChanged(to: false, at: time(3))
    patience.writabilityChanged(to: false, at: time(5))
    #expect(patience.verdict(at: time(13), isBusy: true) == .close)
    patience.writabilityChanged(to: true, at: time(13))
    #expect(patience.verdict(at: time(13), isBusy: false) == .ask(again: time(100)))
  }
}
