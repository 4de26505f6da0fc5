/// Why a decision module cannot be trained on the data that it was given.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is nothing to learn from.
  case noSamples
  /// All samples are of one class, so no boundary can be learnt.
  case oneClass(allPositive: Bool, samples: Int)
  /// A feature is NaN or infinite.
  case notFinite(sample: Int, feature: Int)
  /// A regularisation strength, weight or temperature that is not a positive number.
  case notPositive(what: String, found: Double)
  /// The Hessian is not positive definite or the steps stopped helping: the features repeat each
  /// other beyond what the ridge mends.
  case notConverged(iterations: Int)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .noSamples:
      "A decision module learns from labelled answers and got none; give a calibration trace with "
        + "samples."
    case .oneClass(let allPositive, let samples):
      "All \(samples) calibration answers are \(allPositive ? "right" : "wrong"), so no boundary "
        + "between right and wrong can be learnt; "
        + (allPositive
          ? "accept every answer (on-device) or calibrate on harder samples."
          : "offload every sample (remote) or calibrate a better local model.")
    case .notFinite(let sample, let feature):
      "Feature \(feature) of calibration sample \(sample) is not a finite number; leave samples out "
        + "on which the local model gave none."
    case .notPositive(let what, let found):
      "The \(what) must be a positive number and is \(found); give one above 0."
    case .notConverged(let iterations):
      "The logistic regression did not converge in \(iterations) iterations; use a smaller C, which "
        + "is a stronger ridge, or fewer features that repeat each other."
    }
  }
}
