#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// A quantile of the latest latencies, estimated in constant memory and time.
///
/// The buckets grow by a constant ratio, so the estimate is within `relativeError` of the exact
/// quantile whatever the distribution (DDSketch: Masson, Rim and Lee, 2019). When `window` latencies
/// were counted all counts are halved: the past fades and the estimate follows a changing network.
struct LatencyQuantile: Equatable {
  /// How far the estimate may be from the exact quantile, as a part of it.
  static let relativeError = 0.025
  private static let ratio = (1 + relativeError) / (1 - relativeError)
  private static let logOfRatio = log(ratio)
  /// Latencies below are counted as this.
  private static let shortest = 1e-6
  /// Latencies above are counted as this.
  private static let longest = 1000.0
  private static let bucketCount = Int((log(longest / shortest) / logOfRatio).rounded(.up)) + 1

  /// After how many latencies the past counts half.
  let window: Int
  /// How many latencies the estimate rests on; the faded ones count less.
  private(set) var count = 0
  private var buckets = [Int](repeating: 0, count: Self.bucketCount)

  init(window: Int = 1000) {
    precondition(window > 1, "an estimate rests on something")
    self.window = window
  }

  /// Takes a latency in.
  mutating func record(_ latency: Duration) {
    let seconds = min(Self.longest, max(Self.shortest, latency / .seconds(1)))
    let bucket = Int((log(seconds / Self.shortest) / Self.logOfRatio).rounded(.up))
    buckets[min(bucket, Self.bucketCount - 1)] += 1
    count += 1
    if count >= window { fade() }
  }

  /// The latency that a share of `quantile` (0 to 1) does not exceed; nil before the first.
  func estimate(_ quantile: Double) -> Duration? {
    guard count > 0 else { return nil }
    let rank = quantile * Double(count - 1)
    var below = 0
    for (bucket, inBucket) in buckets.enumerated() where inBucket > 0 {
      below += inBucket
      if Double(below) > rank {
        let upper = Self.shortest * exp(Double(bucket) * Self.logOfRatio)
        return .seconds(upper * 2 / (1 + Self.ratio))
      }
    }
    return nil
  }

  /// Halves all counts. What is left of an odd one goes on to the next bucket: the number up to any
  /// bucket is half of what it was, and a tail of single latencies does not vanish.
  private mutating func fade() {
    count = 0
    var rest = 0
    for bucket in buckets.indices {
      let sum = buckets[bucket] + rest
      buckets[bucket] = sum / 2
      rest = sum % 2
      count += buckets[bucket]
    }
  }
}
