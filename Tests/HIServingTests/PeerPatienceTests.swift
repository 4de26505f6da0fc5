import NIOCore
import Testing

@testable import HIServing

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

  @Test func aStrangerIsClosedAfterTheAdmissionLimitHoweverBusilyItTalks() {
    var patience = PeerPatience(
      idleLimit: .seconds(100), stallLimit: .seconds(10), admissionLimit: .seconds(5), now: time(0))
    for second in 1...4 {
      patience.received(at: time(UInt64(second)), madeProgress: true, hasPartialRequest: false)
    }
    #expect(patience.verdict(at: time(4), isBusy: true) == .ask(again: time(5)))
    #expect(patience.verdict(at: time(5), isBusy: true) == .close)
    patience.admitted()
    #expect(patience.verdict(at: time(5), isBusy: false) == .ask(again: time(104)))
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

  /// Two requests came at once, and the second had to wait for the first one's answer.
  @Test func aRequestThatWaitedInTheBufferLeavesNoClockBehind() {
    var patience = patience()
    patience.received(at: time(1), madeProgress: true, hasPartialRequest: true)
    patience.processed(at: time(3), madeProgress: true, hasPartialRequest: false)
    #expect(patience.verdict(at: time(50), isBusy: false) == .ask(again: time(101)))
    // A third one of which a part has come has its time from when it was looked at.
    patience.received(at: time(60), madeProgress: false, hasPartialRequest: true)
    patience.processed(at: time(65), madeProgress: true, hasPartialRequest: true)
    #expect(patience.verdict(at: time(74), isBusy: false) == .ask(again: time(75)))
    #expect(patience.verdict(at: time(75), isBusy: false) == .close)
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
