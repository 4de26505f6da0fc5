internal import NIOCore

/// How long a model takes, learnt from the batches that it ran: exponentially weighted means.
struct ServiceTime: Sendable {
  /// A batch that takes less is over before another thread has been woken and has warmed its caches.
  static let short = TimeAmount.microseconds(150)
  private static let weightOfNew = 0.1
  /// Nanoseconds; nil before the first batch.
  private var sample: Double?
  private var batch = 0.0

  /// A worker ran a batch.
  mutating func ran(samples: Int, for duration: TimeAmount) {
    let whole = Double(max(0, duration.nanoseconds))
    let each = whole / Double(max(1, samples))
    if let sample {
      self.sample = sample + Self.weightOfNew * (each - sample)
      batch += Self.weightOfNew * (whole - batch)
    } else {
      sample = each
      batch = whole
    }
  }

  /// Whether batches are ``short``, by their mean; false before the first one.
  var isShort: Bool { sample != nil && batch < Double(Self.short.nanoseconds) }

  /// How long it takes until new work is answered, at worst: the batches that run end, the work ahead
  /// is shared among the workers, and the work's own batch runs. Nil before the first batch.
  func timeToAnswer(ahead: Int, weight: Int, workers: Int) -> TimeAmount? {
    guard let sample else { return nil }
    let own = max(batch, sample * Double(weight))
    let total = batch + sample * Double(ahead) / Double(max(1, workers)) + own
    return .nanoseconds(Int64(min(total, 1e18)))
  }
}
