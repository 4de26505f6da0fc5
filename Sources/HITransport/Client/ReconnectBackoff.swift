/// How long a client waits before it tries again to connect: doubling, bounded, spread by chance.
///
/// A pure state machine; chance comes from outside. Clients that lose one server together come back
/// spread over half of each delay, so that they do not meet at its door.
struct ReconnectBackoff: Equatable {
  /// The delay after the first failure.
  let initial: Duration
  /// No delay is longer.
  let maximum: Duration
  /// Failures since the server last answered.
  private(set) var failures = 0

  init(initial: Duration, maximum: Duration) {
    self.initial = initial
    self.maximum = maximum
  }

  /// A connection on which nothing was ever answered, or an attempt to make one, has failed.
  ///
  /// - Parameter chance: 0 to 1, uniformly distributed.
  mutating func delayAfterFailure(chance: Double) -> Duration {
    let doublings = min(failures, 30)
    failures += 1
    let full = min(maximum, initial * (1 << doublings))
    return full * (1 - chance / 2)
  }

  /// A connection has ended: after a working one the next attempt is made at once, and only once.
  mutating func delayAfterLoss(chance: Double) -> Duration {
    guard failures > 0 else {
      failures = 1
      return .zero
    }
    return delayAfterFailure(chance: chance)
  }

  /// The server has answered.
  mutating func succeeded() {
    failures = 0
  }
}
