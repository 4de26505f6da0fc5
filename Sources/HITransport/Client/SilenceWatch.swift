internal import NIOCore

/// Tells a connection that is dead without saying so (a pulled cable, a forgotten NAT entry) from one
/// that is slow: requests went out, and not one byte has come back for the whole limit.
struct SilenceWatch {
  /// How long a peer may be silent while it owes an answer.
  let limit: TimeAmount
  private var waitingSince: NIODeadline?

  init(limit: TimeAmount) {
    self.limit = limit
  }

  /// A request was written.
  mutating func sent(at now: NIODeadline) {
    if waitingSince == nil { waitingSince = now }
  }

  /// Bytes came; the peer lives.
  mutating func received() {
    waitingSince = nil
  }

  /// Whether the connection should be given up.
  func isDead(at now: NIODeadline) -> Bool {
    waitingSince.map { now - $0 >= limit } ?? false
  }
}
