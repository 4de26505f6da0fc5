/// Accepts by the highest softmax value, the rule of the paper's early exits: `p1 >= threshold`.
public struct ConfidenceThreshold: DecisionModule, Equatable {
  /// The least confidence that is accepted, 0 to 1.
  public var threshold: Float

  /// Makes the rule.
  public init(threshold: Float) { self.threshold = threshold }

  /// The newest answer's confidence.
  public func score(_ answers: Span<Observation>) -> Float { answers.newest.confidence }
}

/// Accepts by the distance of the two highest softmax values: `p1 - p2 >= threshold`.
public struct MarginThreshold: DecisionModule, Equatable {
  /// The least margin that is accepted, 0 to 1.
  public var threshold: Float

  /// Makes the rule.
  public init(threshold: Float) { self.threshold = threshold }

  /// The newest answer's margin.
  public func score(_ answers: Span<Observation>) -> Float { answers.newest.margin }
}

/// Accepts by the entropy of the softmax distribution, BranchyNet's rule: `entropy <= -threshold`.
///
/// The score is the entropy's negative, so that here too a higher score is surer.
public struct EntropyThreshold: DecisionModule, Equatable {
  /// The negative of the highest entropy in nats that is accepted.
  public var threshold: Float

  /// Makes the rule from a score: the negative of an entropy.
  public init(threshold: Float) { self.threshold = threshold }

  /// Makes the rule from the highest entropy in nats that is accepted.
  public init(maximumEntropy: Float) { self.threshold = -maximumEntropy }

  /// The negative of the newest answer's entropy.
  public func score(_ answers: Span<Observation>) -> Float { -answers.newest.entropy }
}

/// Accepts by the energy score: `ln(sum(exp(logits))) >= threshold` (Liu et al., 2020).
public struct EnergyThreshold: DecisionModule, Equatable {
  /// The least log-sum-exp that is accepted.
  public var threshold: Float

  /// Makes the rule.
  public init(threshold: Float) { self.threshold = threshold }

  /// The newest answer's log-sum-exp.
  public func score(_ answers: Span<Observation>) -> Float { answers.newest.logSumExp }
}
