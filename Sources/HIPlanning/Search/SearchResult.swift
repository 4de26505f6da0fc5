public import HierarchicalInference

/// A policy and what it does on the data that it was chosen on.
public struct PolicyCandidate: Sendable, Equatable {
  /// The policy.
  public let policy: Policy
  /// The strategy that it belongs to.
  public let strategy: Strategy
  /// What it does, decided by the policy itself.
  public let evaluation: PolicyEvaluation
}

/// What a search gives.
public enum SearchResult: Sendable, Equatable {
  /// The best policy that meets the requirement on the calibration data.
  case found(PolicyCandidate)
  /// No policy of the template meets the requirement; the nearest one has the most right answers that
  /// the other limits allow, or, where those cannot be met either, costs least.
  case notMet(nearest: PolicyCandidate)

  /// The policy, whether or not it meets the requirement.
  public var candidate: PolicyCandidate {
    switch self {
    case .found(let candidate), .notMet(let candidate): candidate
    }
  }

  /// Whether the requirement is met.
  public var isMet: Bool {
    if case .found = self { return true }
    return false
  }
}

/// Why a search cannot be made.
public enum SearchError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The requirement is none.
  case requirement(RequirementError)
  /// The trace, the template and the profile do not fit.
  case evaluation(EvaluationError)
  /// A latency or an energy is asked for, and no profile tells it.
  case noProfile(what: String)
  /// In no halving could both methods meet the requirement.
  case nothingToCompare(halvings: Int)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .requirement(let error): error.description
    case .evaluation(let error): error.description
    case .noProfile(let what):
      "A search that \(what) needs a cost profile and has none; give one with --profile."
    case .nothingToCompare(let halvings):
      "In none of \(halvings) halvings could both methods reach the accuracy that the base model's "
        + "hierarchical inference reaches less one point, so there is nothing to compare; take a better "
        + "model with early exits."
    }
  }
}
