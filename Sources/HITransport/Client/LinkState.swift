/// Whether there is a connection, and what to do about it where there is none.
///
/// A pure state machine. Calls wait for an attempt to connect only where nothing has failed before it;
/// while the server is known to be down they are refused at once and attempts go on in the background.
struct LinkState {
  /// What a call does.
  enum CallAction: Equatable {
    /// Write the request.
    case send
    /// Keep the request until the attempt under way ends.
    case wait
    /// Begin an attempt and keep the request until it ends.
    case connectAndWait
    /// Give up at once.
    case refuse(OffloadError)
  }

  /// What follows from the end of a connection or an attempt.
  enum Recovery: Equatable {
    case connectNow
    case connect(after: Duration)
    case nothing
  }

  private enum State: Equatable {
    case idle
    case connecting(callsWait: Bool)
    case connected
    case down
    case closed
  }

  private var state = State.idle
  private var backoff: ReconnectBackoff
  private var lastFailure = OffloadError.connectionClosed

  init(backoff: ReconnectBackoff) {
    self.backoff = backoff
  }

  /// Whether the client was closed for good.
  var isClosed: Bool { state == .closed }

  /// A call wants to send.
  mutating func call() -> CallAction {
    switch state {
    case .idle:
      state = .connecting(callsWait: true)
      return .connectAndWait
    case .connecting(callsWait: true): return .wait
    case .connecting(callsWait: false), .down: return .refuse(lastFailure)
    case .connected: return .send
    case .closed: return .refuse(.connectionClosed)
    }
  }

  /// Whether somebody wants the connection that an attempt has made.
  var isConnecting: Bool {
    if case .connecting = state { true } else { false }
  }

  /// An attempt has made a connection that calls can use; false where nobody wants it any more.
  mutating func connected() -> Bool {
    guard isConnecting else { return false }
    state = .connected
    return true
  }

  /// An attempt has failed, for a reason that calls are refused with until the next one.
  mutating func connectFailed(_ reason: OffloadError, chance: Double) -> Recovery {
    guard isConnecting else { return .nothing }
    state = .down
    lastFailure = reason
    return .connect(after: backoff.delayAfterFailure(chance: chance))
  }

  /// The connection has ended.
  mutating func lost(_ reason: OffloadError, chance: Double) -> Recovery {
    guard state == .connected else { return .nothing }
    lastFailure = reason
    let delay = backoff.delayAfterLoss(chance: chance)
    if delay == .zero {
      state = .connecting(callsWait: true)
      return .connectNow
    }
    state = .down
    return .connect(after: delay)
  }

  /// The delay is over; false where there is nothing to do.
  mutating func retryIsDue() -> Bool {
    guard state == .down else { return false }
    state = .connecting(callsWait: false)
    return true
  }

  /// The server has answered something: it works.
  mutating func answered() {
    backoff.succeeded()
  }

  /// The client ends for good.
  mutating func close() {
    state = .closed
  }
}
