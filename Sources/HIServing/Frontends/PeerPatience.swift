internal import NIOCore

/// How long a connection may hold the server's resources without moving.
///
/// A pure state machine; time comes from outside. Four clocks: since the last byte of a quiet
/// connection, since the beginning of a request that does not end, since a peer stopped reading, and
/// since a peer came that has not shown who it is.
struct PeerPatience {
  /// What to do with the connection now.
  enum Verdict: Equatable {
    case close
    case ask(again: NIODeadline)
  }

  private let idleLimit: TimeAmount
  private let stallLimit: TimeAmount
  private var lastByte: NIODeadline
  private var partialSince: NIODeadline?
  private var unwritableSince: NIODeadline?
  private var admittedBy: NIODeadline?

  /// Begins the clocks.
  ///
  /// - Parameter admissionLimit: how long the peer may take to show who it is, however busily it
  ///   talks; nil where nobody asks.
  init(
    idleLimit: TimeAmount, stallLimit: TimeAmount, admissionLimit: TimeAmount? = nil,
    now: NIODeadline
  ) {
    self.admittedBy = admissionLimit.map { now + $0 }
    self.idleLimit = idleLimit
    self.stallLimit = stallLimit
    self.lastByte = now
  }

  /// Bytes came, and were processed as far as they go.
  mutating func received(at now: NIODeadline, madeProgress: Bool, hasPartialRequest: Bool) {
    lastByte = now
    processed(at: now, madeProgress: madeProgress, hasPartialRequest: hasPartialRequest)
  }

  /// What had come before was processed further, as there was room again.
  mutating func processed(at now: NIODeadline, madeProgress: Bool, hasPartialRequest: Bool) {
    if !hasPartialRequest {
      partialSince = nil
    } else if madeProgress || partialSince == nil {
      partialSince = now
    }
  }

  /// The peer has shown who it is.
  mutating func admitted() {
    admittedBy = nil
  }

  /// The peer reads again, or has stopped to.
  mutating func writabilityChanged(to isWritable: Bool, at now: NIODeadline) {
    unwritableSince = isWritable ? nil : (unwritableSince ?? now)
  }

  /// What to do now.
  ///
  /// - Parameter isBusy: whether the server owes answers, so that the quiet is its own.
  func verdict(at now: NIODeadline, isBusy: Bool) -> Verdict {
    var next = (isBusy ? max(lastByte, now) : lastByte) + idleLimit
    if let partialSince, !isBusy { next = min(next, partialSince + stallLimit) }
    if let unwritableSince { next = min(next, unwritableSince + stallLimit) }
    if let admittedBy { next = min(next, admittedBy) }
    return next <= now ? .close : .ask(again: next)
  }
}
