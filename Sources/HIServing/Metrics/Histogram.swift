/// How often values fell between fixed bounds, with their sum: what Prometheus calls a histogram.
public struct Histogram: Sendable, Equatable {
  /// The upper ends of the buckets, ascending and inclusive; a last bucket without an end follows.
  public let upperBounds: [Double]
  /// How many values fell into each bucket, one more bucket than there are bounds. Not cumulative.
  public private(set) var counts: [Int]
  /// The sum of all values.
  public private(set) var sum: Double = 0

  /// Makes an empty histogram.
  public init(upperBounds: [Double]) {
    self.upperBounds = upperBounds
    counts = Array(repeating: 0, count: upperBounds.count + 1)
  }

  /// Bounds for durations in seconds: 16 us, doubling up to 16.8 s.
  public static let secondsBounds = (0...20).map { 16e-6 * Double(1 << $0) }

  /// Bounds for batch sizes: 1, 2, 4 … 1024.
  public static let batchSizeBounds = (0...10).map { Double(1 << $0) }

  /// How many values there are.
  public var count: Int { counts.reduce(0, +) }

  /// The mean of the values; nil where there are none.
  public var mean: Double? { count == 0 ? nil : sum / Double(count) }

  /// Counts a value several times.
  ///
  /// - Complexity: O(log buckets).
  public mutating func observe(_ value: Double, times: Int = 1) {
    var low = 0
    var high = upperBounds.count
    while low < high {
      let middle = (low + high) / 2
      if value <= upperBounds[middle] { high = middle } else { low = middle + 1 }
    }
    counts[low] += times
    sum += value * Double(times)
  }

  /// A quantile, linear within its bucket as Prometheus' `histogram_quantile` has it; nil where there
  /// are no values. Values above the last bound count as that bound.
  ///
  /// - Parameter fraction: from 0 to 1.
  public func quantile(_ fraction: Double) -> Double? {
    let total = count
    guard total > 0, let last = upperBounds.last else { return nil }
    let rank = fraction * Double(total)
    var below = 0.0
    for (bucket, upper) in upperBounds.enumerated() {
      let here = Double(counts[bucket])
      if here > 0, below + here >= rank {
        let lower = bucket == 0 ? 0 : upperBounds[bucket - 1]
        return lower + (upper - lower) * max(0, rank - below) / here
      }
      below += here
    }
    return last
  }
}
