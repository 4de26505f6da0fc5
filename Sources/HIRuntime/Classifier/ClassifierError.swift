public import HITransport

/// Why a hierarchical classifier cannot be made or gives no answer.
public enum ClassifierError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The policy has another number of rules than the local model has exits.
  case policyMismatch(rules: Int, exits: Int)
  /// The remote model did not answer, and the local one gave no numbers that could stand in.
  case noAnswer(OffloadError)

  /// One sentence that says what was expected, what was found and what to do.
  public var description: String {
    switch self {
    case .policyMismatch(let rules, let exits):
      "the policy has \(rules) rules but the local model has \(exits) exits; "
        + "use a policy that was calibrated on this model"
    case .noAnswer(let error):
      "neither model answered: the local model gave values that are not numbers, and the remote "
        + "model did not answer (\(error)); check the local model on this sample"
    }
  }
}
