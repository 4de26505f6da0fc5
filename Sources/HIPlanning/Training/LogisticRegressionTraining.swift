internal import Foundation

/// The coefficients of a logistic regression, in double precision.
public struct LogisticCoefficients: Sendable, Equatable {
  /// The intercept.
  public let intercept: Double
  /// One weight a feature.
  public let weights: [Double]
  /// How many Newton steps were taken.
  public let iterations: Int

  /// The estimated probability of the positive class.
  public func probability(_ features: [Double]) -> Double {
    logistic(zip(weights, features).reduce(intercept) { $0 + $1.0 * $1.1 })
  }
}

/// Trains logistic regressions by Newton's method (iteratively reweighted least squares).
///
/// It minimises what scikit-learn's `LogisticRegression` minimises,
/// `1/2 |w|^2 + C sum_i s_i ln(1 + exp(-y_i (b + w x_i)))` with `y` in {-1, 1}: the intercept `b` is
/// not penalised, and `C = 1` is scikit-learn's default and ours. The ridge makes the objective
/// strictly convex in `w`, so that separable data converge too.
public struct LogisticRegressionTraining: Sendable {
  /// The inverse of the ridge's strength; larger trusts the data more.
  public var inverseRegularization: Double
  /// The most Newton steps that are taken.
  public var maximumIterations: Int
  /// Training ends when no component of the gradient, divided by the total sample weight, is larger.
  public var tolerance: Double

  /// Makes a trainer; `C = 1` as in scikit-learn.
  public init(
    inverseRegularization: Double = 1, maximumIterations: Int = 100, tolerance: Double = 1e-10
  ) {
    self.inverseRegularization = inverseRegularization
    self.maximumIterations = maximumIterations
    self.tolerance = tolerance
  }

  /// Fits the coefficients.
  ///
  /// - Parameters:
  ///   - features: row-major, `samples x featureCount`.
  ///   - featureCount: how many features a sample has.
  ///   - targets: whether each sample is of the positive class.
  ///   - sampleWeights: how much each sample counts, none negative; nil for one each.
  /// - Throws: ``TrainingError``.
  /// - Complexity: O(iterations x samples x features^2).
  public func fit(
    features: [Double], featureCount: Int, targets: [Bool], sampleWeights: [Double]? = nil
  ) throws(TrainingError) -> LogisticCoefficients {
    try check(features, featureCount, targets, sampleWeights)
    let problem = PenalisedLikelihood(
      features: features, width: featureCount, targets: targets, sampleWeights: sampleWeights,
      inverseRegularization: inverseRegularization)
    // The last coefficient is the intercept.
    var coefficients = [Double](repeating: 0, count: featureCount + 1)
    var value = problem.value(coefficients)
    for iteration in 1...max(maximumIterations, 1) {
      let (gradient, hessian) = problem.derivatives(coefficients)
      let scale = problem.totalWeight * inverseRegularization
      if gradient.allSatisfy({ abs($0) <= tolerance * max(scale, 1) }) {
        return LogisticCoefficients(
          intercept: coefficients[featureCount], weights: Array(coefficients[..<featureCount]),
          iterations: iteration - 1)
      }
      guard let step = solvePositiveDefinite(hessian, gradient) else {
        throw .notConverged(iterations: iteration)
      }
      let next = problem.descend(from: coefficients, value: value, along: step)
      guard let next else {
        // No step lowers the objective any more: this is the minimum to within rounding.
        return LogisticCoefficients(
          intercept: coefficients[featureCount], weights: Array(coefficients[..<featureCount]),
          iterations: iteration)
      }
      (coefficients, value) = next
    }
    throw .notConverged(iterations: maximumIterations)
  }

  private func check(
    _ features: [Double], _ featureCount: Int, _ targets: [Bool], _ sampleWeights: [Double]?
  ) throws(TrainingError) {
    precondition(features.count == targets.count * featureCount, "one row of features a target")
    precondition((sampleWeights?.count ?? targets.count) == targets.count, "one weight a target")
    guard !targets.isEmpty else { throw .noSamples }
    guard inverseRegularization > 0, inverseRegularization.isFinite else {
      throw .notPositive(what: "inverse regularisation C", found: inverseRegularization)
    }
    if let position = features.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(sample: position / featureCount, feature: position % featureCount)
    }
    if let weight = sampleWeights?.first(where: { !($0 >= 0) || !$0.isFinite }) {
      throw .notPositive(what: "weight of every sample", found: weight)
    }
    let counted = targets.indices.filter { (sampleWeights?[$0] ?? 1) > 0 }
    guard let first = counted.first else { throw .noSamples }
    if counted.allSatisfy({ targets[$0] == targets[first] }) {
      throw .oneClass(allPositive: targets[first], samples: counted.count)
    }
  }
}

/// The objective of the training with its first two derivatives.
private struct PenalisedLikelihood {
  let features: [Double]
  let width: Int
  let targets: [Bool]
  let sampleWeights: [Double]?
  let inverseRegularization: Double

  var totalWeight: Double {
    sampleWeights?.reduce(0, +) ?? Double(targets.count)
  }

  private func margin(_ sample: Int, _ coefficients: [Double]) -> Double {
    var sum = coefficients[width]
    for k in 0..<width { sum += coefficients[k] * features[sample * width + k] }
    return sum
  }

  func value(_ coefficients: [Double]) -> Double {
    var sum = 0.0
    for sample in targets.indices {
      let z = margin(sample, coefficients)
      sum += (sampleWeights?[sample] ?? 1) * softplus(targets[sample] ? -z : z)
    }
    let penalty = coefficients[..<width].reduce(0) { $0 + $1 * $1 } / 2
    return penalty + inverseRegularization * sum
  }

  /// The gradient, and the Hessian's lower triangle row-major.
  func derivatives(_ coefficients: [Double]) -> (gradient: [Double], hessian: [Double]) {
    let n = width + 1
    var gradient = [Double](repeating: 0, count: n)
    var hessian = [Double](repeating: 0, count: n * n)
    var row = [Double](repeating: 1, count: n)
    for sample in targets.indices {
      for k in 0..<width { row[k] = features[sample * width + k] }
      let p = logistic(margin(sample, coefficients))
      let weight = inverseRegularization * (sampleWeights?[sample] ?? 1)
      let residual = weight * (p - (targets[sample] ? 1 : 0))
      let curvature = weight * p * (1 - p)
      for i in 0..<n {
        gradient[i] += residual * row[i]
        let scaled = curvature * row[i]
        for j in 0...i { hessian[i * n + j] += scaled * row[j] }
      }
    }
    for k in 0..<width {
      gradient[k] += coefficients[k]
      hessian[k * n + k] += 1
    }
    return (gradient, hessian)
  }

  /// Takes the Newton step, halved until the objective falls; nil where it falls no more.
  func descend(
    from coefficients: [Double], value: Double, along step: [Double]
  ) -> (coefficients: [Double], value: Double)? {
    var length = 1.0
    while length > 1e-12 {
      let next = zip(coefficients, step).map { $0 - length * $1 }
      let nextValue = self.value(next)
      if nextValue < value { return (next, nextValue) }
      length /= 2
    }
    return nil
  }
}

/// `1 / (1 + e^-x)` in double precision, without overflow.
func logistic(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}

/// `ln(1 + e^x)` without overflow.
func softplus(_ x: Double) -> Double {
  max(x, 0) + log1p(exp(-abs(x)))
}
