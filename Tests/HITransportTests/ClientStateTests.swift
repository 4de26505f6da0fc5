import NIOCore
import Testing

@testable import HITransport

@Suite struct RequestTableTests {
  private func entry(_ id: UInt32, deadline: UInt64 = 100, unsent: ByteBuffer? = nil)
    -> RequestTable<String>.Entry
  {
    .init(
      id: id, kind: .infer, deadline: .uptimeNanoseconds(deadline), waiter: "call \(id)",
      unsent: unsent)
  }

  @Test func anAnswerTakesItsRequestOnceAndIsCountedAfterwards() {
    var table = RequestTable<String>(limit: 2)
    let admitted = table.admit(entry(1))
    #expect(admitted)
    #expect(table.take(1)?.waiter == "call 1")
    #expect(table.take(1) == nil)
    #expect(table.take(99) == nil)
    #expect(table.ignoredAnswers == 2)
    #expect(table.count == 0)
  }

  @Test func aFullTableOrAnUsedNumberIsRefused() {
    var table = RequestTable<String>(limit: 2)
    #expect([1, 1, 2, 3].map { table.admit(entry($0)) } == [true, false, true, false])
    _ = table.withdraw(1)
    #expect([3, 4].map { table.admit(entry($0)) } == [true, false])
  }

  @Test func onlyRequestsWhoseTimeIsUpExpire() {
    var table = RequestTable<String>(limit: 10)
    for id in 1...5 { _ = table.admit(entry(UInt32(id), deadline: UInt64(id * 10))) }
    #expect(table.earliestDeadline == .uptimeNanoseconds(10))
    #expect(Set(table.expire(at: .uptimeNanoseconds(30)).map(\.id)) == [1, 2, 3])
    #expect(table.earliestDeadline == .uptimeNanoseconds(40))
    #expect(Set(table.drain().map(\.id)) == [4, 5])
    #expect(table.earliestDeadline == nil)
  }

  @Test func waitingRequestsAreWrittenInTheirOrderAndNotAnsweredBefore() {
    var table = RequestTable<String>(limit: 10)
    for id in [UInt32(3), 1, 2] {
      _ = table.admit(entry(id, unsent: ByteBuffer(integer: UInt8(id))))
    }
    // A server cannot answer what it was not asked.
    #expect(table.take(2) == nil)
    #expect(table.takeUnsent().map { Array(buffer: $0.frame) } == [[1], [2], [3]])
    #expect(table.takeUnsent().isEmpty)
    #expect(table.take(2)?.id == 2)
  }
}

@Suite struct ReconnectBackoffTests {
  @Test func delaysDoubleUpToTheMaximum() {
    var backoff = ReconnectBackoff(initial: .milliseconds(50), maximum: .milliseconds(300))
    let delays = (0..<5).map { _ in backoff.delayAfterFailure(chance: 0) }
    #expect(delays == [50, 100, 200, 300, 300].map { Duration.milliseconds($0) })
    #expect(backoff.delayAfterFailure(chance: 1) == .milliseconds(150))
    backoff.succeeded()
    #expect(backoff.delayAfterFailure(chance: 0) == .milliseconds(50))
  }

  @Test func manyFailuresDoNotOverflow() {
    var backoff = ReconnectBackoff(initial: .milliseconds(50), maximum: .seconds(2))
    for _ in 0..<1000 { #expect(backoff.delayAfterFailure(chance: 0) <= .seconds(2)) }
  }
}

@Suite struct LinkStateTests {
  private func fresh() -> LinkState {
    LinkState(backoff: ReconnectBackoff(initial: .milliseconds(50), maximum: .seconds(1)))
  }

  @Test func theFirstCallConnectsAndTheNextWaitWithIt() {
    var link = fresh()
    #expect(link.call() == .connectAndWait)
    #expect(link.call() == .wait)
    let wanted = link.connected()
    #expect(wanted)
    #expect(link.call() == .send)
  }

  @Test func afterAFailureCallsAreRefusedAtOnceUntilAnAttemptSucceeds() {
    var link = fresh()
    _ = link.call()
    #expect(link.connectFailed(.unreachable("no"), chance: 0) == .connect(after: .milliseconds(50)))
    #expect(link.call() == .refuse(.unreachable("no")))
    var due = link.retryIsDue()
    #expect(due)
    due = link.retryIsDue()
    #expect(!due)
    #expect(link.call() == .refuse(.unreachable("no")))
    #expect(
      link.connectFailed(.unreachable("still no"), chance: 0) == .connect(after: .milliseconds(100))
    )
    _ = link.retryIsDue()
    let wanted = link.connected()
    #expect(wanted)
    #expect(link.call() == .send)
  }

  @Test func aWorkingConnectionIsMadeAgainAtOnceButASilentOneIsNot() {
    var link = fresh()
    _ = link.call()
    _ = link.connected()
    link.answered()
    #expect(link.lost(.unreachable("lost"), chance: 0) == .connectNow)
    #expect(link.call() == .wait)
    // The server accepts and ends without an answer: no busy loop.
    _ = link.connected()
    #expect(link.lost(.unreachable("lost"), chance: 0) == .connect(after: .milliseconds(100)))
    #expect(link.call() == .refuse(.unreachable("lost")))
  }

  @Test func aClosedLinkStaysClosed() {
    var link = fresh()
    _ = link.call()
    link.close()
    let wanted = link.connected()
    #expect(!wanted)
    #expect(link.connectFailed(.unreachable("no"), chance: 0) == .nothing)
    #expect(link.lost(.unreachable("lost"), chance: 0) == .nothing)
    #expect(link.call() == .refuse(.connectionClosed))
  }
}

@Suite struct SilenceWatchTests {
  @Test func onlyAPeerThatOwesAnAnswerAndSendsNothingIsDead() {
    var watch = SilenceWatch(limit: .nanoseconds(10))
    #expect(!watch.isDead(at: .uptimeNanoseconds(1000)))
    watch.sent(at: .uptimeNanoseconds(1000))
    watch.sent(at: .uptimeNanoseconds(1009))
    #expect(!watch.isDead(at: .uptimeNanoseconds(1009)))
    #expect(watch.isDead(at: .uptimeNanoseconds(1010)))
    watch.received()
    #expect(!watch.isDead(at: .uptimeNanoseconds(1010)))
  }
}
