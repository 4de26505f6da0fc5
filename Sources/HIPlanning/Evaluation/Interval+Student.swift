internal import Foundation

extension Interval {
  /// Student's 95% interval of a mean ("The Probable Error of a Mean", 1908):
  /// `mean ± t s / sqrt(n)` with the standard deviation `s` of the values and `t` the 0.975 quantile of
  /// Student's distribution with `n - 1` degrees of freedom (4.303 for three values).
  ///
  /// It holds where the values are independent and about normally distributed.
  ///
  /// - Returns: nil for fewer than two values, which tell nothing of their spread.
  public static func student(_ values: [Double]) -> Interval? {
    guard values.count > 1 else { return nil }
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    let spread = studentQuantile(degrees: values.count - 1) * (variance / n).squareRoot()
    return Interval(lower: mean - spread, upper: mean + spread)
  }

  /// The `t` with `P(|T| <= t) = 0.95`.
  ///
  /// With `t = sqrt(degrees) tan(angle)` the probability is a finite sum of powers of the angle's
  /// cosine (Abramowitz and Stegun, 1964, 26.7.3 and 26.7.4); the angle is found by bisection.
  static func studentQuantile(degrees: Int) -> Double {
    precondition(degrees > 0, "a spread takes two values")
    var low = 0.0
    var high = Double.pi / 2
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if centralProbability(degrees: degrees, angle: middle) < 0.95 {
        low = middle
      } else {
        high = middle
      }
    }
    return Double(degrees).squareRoot() * tan(low)
  }

  private static func centralProbability(degrees: Int, angle: Double) -> Double {
    let isOdd = degrees % 2 == 1
    let square = cos(angle) * cos(angle)
    var term = isOdd ? cos(angle) : 1
    var sum = 0.0
    // The powers of the cosine go up to degrees - 2.
    var power = isOdd ? 1 : 0
    while power <= degrees - 2 {
      sum += term
      term *= square * Double(power + 1) / Double(power + 2)
      power += 2
    }
    return isOdd ? 2 / Double.pi * (angle + sin(angle) * sum) : sin(angle) * sum
  }
}
