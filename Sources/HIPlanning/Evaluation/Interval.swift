internal import Foundation

/// A closed interval, in JSON `[lower, upper]`.
public struct Interval: Codable, Sendable, Equatable {
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  /// Makes an interval of its ends.
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// Wilson's score interval of a proportion (Wilson, 1927).
  ///
  /// `(p + z^2/2n ± z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)`: unlike the normal approximation it
  /// stays inside 0 to 1 and is not empty for 0 or n successes.
  ///
  /// - Parameters:
  ///   - successes: from 0 to `trials`.
  ///   - trials: how many; for 0 the interval is 0 to 1.
  ///   - z: the normal quantile; 1.96 gives 95%.
  public static func wilson(
    successes: Int, trials: Int, z: Double = 1.959_963_984_540_054
  ) -> Interval {
    guard trials > 0 else { return Interval(lower: 0, upper: 1) }
    let n = Double(trials)
    let p = Double(successes) / n
    let centre = p + z * z / (2 * n)
    let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return Interval(
      lower: successes == 0 ? 0 : max(0, (centre - spread) / scale),
      upper: successes == trials ? 1 : min(1, (centre + spread) / scale))
  }

  /// The normal interval of a mean: `mean ± z s / sqrt(n)` with the sample's standard deviation.
  public static func mean(
    _ mean: Double, sumOfSquares: Double, count: Int, z: Double = 1.959_963_984_540_054
  ) -> Interval {
    guard count > 1 else { return Interval(lower: mean, upper: mean) }
    let n = Double(count)
    let variance = max(0, (sumOfSquares - n * mean * mean) / (n - 1))
    let spread = z * (variance / n).squareRoot()
    return Interval(lower: mean - spread, upper: mean + spread)
  }

  /// From the 2.5th to the 97.5th percentile of values, linearly interpolated between ranks.
  ///
  /// - Precondition: at least one value, none of them NaN.
  public static func percentiles(_ values: [Double]) -> Interval {
    let sorted = values.sorted()
    func percentile(_ share: Double) -> Double {
      let rank = share * Double(sorted.count - 1)
      let below = Int(rank)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (rank - Double(below)) * (sorted[above] - sorted[below])
    }
    return Interval(lower: percentile(0.025), upper: percentile(0.975))
  }

  /// Reads `[lower, upper]`.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    lower = try container.decode(Double.self)
    upper = try container.decode(Double.self)
  }

  /// Writes `[lower, upper]`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(lower)
    try container.encode(upper)
  }
}
