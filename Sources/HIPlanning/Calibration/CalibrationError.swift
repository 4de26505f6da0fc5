public import HITrace

/// Why no policy was chosen.
public enum CalibrationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The trace does not allow what was asked for.
  case trace(TraceError)
  /// The decision module cannot be trained.
  case training(TrainingError)
  /// The search cannot be made.
  case search(SearchError)
  /// The guarantee cannot be given.
  case guarantee(GuaranteeError)
  /// The strategy has thresholds to choose and nothing to choose them by.
  case noRequirement(Strategy)
  /// No policy meets the requirement on the calibration data.
  case notMet(Strategy, nearestAccuracy: Double, offloadFraction: Double, lpiMs: Double?)
  /// Two traces that are set side by side row by row, a model's and its base model's, hold other samples.
  case otherSamples(model: String, base: String)
  /// A way of tuning with another number of models than there are untuned ones.
  case unevenSeeds(tuning: String, found: Int, expected: Int)
  /// The traces are of networks with other exits, or one has logits or a second look and the other none.
  case otherExits(model: String, than: String)
  /// A front of accuracy against accuracy.
  case frontOfAccuracy
  /// No policy can be certified.
  case notCertified(reason: String)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .trace(let error): error.description
    case .training(let error): error.description
    case .search(let error): error.description
    case .guarantee(let error): error.description
    case .noRequirement(let strategy):
      "The strategy \(strategy.rawValue) needs a requirement or an objective to choose its "
        + "thresholds by; give for example --min-accuracy 0.9."
    case .notMet(let strategy, let accuracy, let offloaded, let lpi):
      "No \(strategy.rawValue) policy meets the requirement on these samples; the nearest answers "
        + "\(Self.percent(accuracy)) right and offloads \(Self.percent(offloaded))"
        + (lpi.map { " at \(($0 * 1000).rounded() / 1000) ms" } ?? "")
        + ", so relax the requirement or take a better local model."
    case .otherSamples(let model, let base):
      "The traces of '\(model)' and '\(base)' hold different samples and must hold the same ones; "
        + "record both on the same data."
    case .unevenSeeds(let tuning, let found, let expected):
      "'\(tuning)' has \(found) traces where there are \(expected) of untuned models; give one a seed, in "
        + "the order of the seeds."
    case .otherExits(let model, let other):
      "The traces of '\(model)' and '\(other)' must have the same exits, both or neither with logits and "
        + "with a second look; record both with the same options from trainings of one network."
    case .frontOfAccuracy:
      "A Pareto front sets accuracy against latency, energy or offload fraction, and the objective "
        + "given is accuracy; give one of these."
    case .notCertified(let reason): reason
    }
  }

  private static func percent(_ share: Double) -> String {
    "\((share * 10_000).rounded() / 100)%"
  }
}
