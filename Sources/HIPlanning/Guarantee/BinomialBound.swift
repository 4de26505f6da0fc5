internal import Foundation

/// Exact binomial tails and the bounds that follow from them.
public enum BinomialBound {
  /// `P(X >= successes)` for `X` binomial with `trials` and `probability`: the p-value of the hypothesis
  /// that the true success rate is at most `probability`.
  ///
  /// - Complexity: O(trials) at most; the terms are summed from the largest on in logarithms.
  public static func upperTail(successes: Int, trials: Int, probability: Double) -> Double {
    if successes <= 0 { return 1 }
    if successes > trials || probability <= 0 { return 0 }
    if probability >= 1 { return 1 }
    let odds = probability / (1 - probability)
    // Below the mean the other tail is the short one.
    if Double(successes) <= Double(trials) * probability {
      return max(
        0, 1 - lowerTail(successes: successes - 1, trials: trials, odds: odds, probability))
    }
    var term = exp(logMass(successes, trials, probability))
    var sum = term
    var k = successes
    while k < trials {
      term *= odds * Double(trials - k) / Double(k + 1)
      k += 1
      sum += term
      if term < sum * 1e-17 { break }
    }
    return min(1, sum)
  }

  /// Clopper and Pearson's exact lower bound (1934): the true success rate is at least this with the
  /// confidence, whatever it is.
  ///
  /// - Parameters:
  ///   - successes: how many trials succeeded.
  ///   - trials: how many there were.
  ///   - confidence: one-sided, in 0 to 1.
  /// - Complexity: O(trials) times the bits of the result.
  public static func lowerBound(
    successes: Int, trials: Int, confidence: Double
  ) -> Double {
    guard trials > 0, successes > 0 else { return 0 }
    if successes == trials { return pow(1 - confidence, 1 / Double(trials)) }
    var low = 0.0
    var high = Double(successes) / Double(trials)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if upperTail(successes: successes, trials: trials, probability: middle) <= 1 - confidence {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }

  private static func lowerTail(
    successes: Int, trials: Int, odds: Double, _ probability: Double
  ) -> Double {
    var term = exp(logMass(successes, trials, probability))
    var sum = term
    var k = successes
    while k > 0 {
      term *= Double(k) / (odds * Double(trials - k + 1))
      k -= 1
      sum += term
      if term < sum * 1e-17 { break }
    }
    return sum
  }

  private static func logMass(_ k: Int, _ n: Int, _ p: Double) -> Double {
    lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
      + Double(k) * log(p) + Double(n - k) * log1p(-p)
  }
}
