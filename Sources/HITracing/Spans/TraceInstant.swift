internal import Synchronization
public import Tracing

/// A moment of a trace: what the clock on the wall says, moved along by a clock that never jumps.
///
/// So a duration within one process is that of one clock, also where the wall's is set meanwhile; a
/// difference of more than a tenth of a second is then taken over by what begins afterwards.
public struct TraceInstant: TracerInstant {
  /// Since 1970.
  public let nanosecondsSinceEpoch: UInt64

  /// Makes a moment.
  public init(nanosecondsSinceEpoch: UInt64) {
    self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
  }

  /// Now.
  public static var now: TraceInstant {
    let wall = DefaultTracerClock.now.nanosecondsSinceEpoch
    let steady = ContinuousClock.now
    return anchor.withLock { anchor in
      let passed = UInt64(max(.zero, steady - anchor.steady) / .nanoseconds(1))
      let expected = anchor.wall + passed
      let difference = max(wall, expected) - min(wall, expected)
      guard difference > 100_000_000 else { return TraceInstant(nanosecondsSinceEpoch: expected) }
      anchor = (wall, steady)
      return TraceInstant(nanosecondsSinceEpoch: wall)
    }
  }

  private static let anchor = Mutex(
    (wall: DefaultTracerClock.now.nanosecondsSinceEpoch, steady: ContinuousClock.now))

  /// So much later, or earlier where the duration is negative.
  public func advanced(by duration: Duration) -> TraceInstant {
    let nanoseconds = Int64(duration / .nanoseconds(1))
    let moved = Int64(clamping: nanosecondsSinceEpoch) + nanoseconds
    return TraceInstant(nanosecondsSinceEpoch: UInt64(max(0, moved)))
  }

  /// Orders by time.
  public static func < (one: TraceInstant, other: TraceInstant) -> Bool {
    one.nanosecondsSinceEpoch < other.nanosecondsSinceEpoch
  }
}
