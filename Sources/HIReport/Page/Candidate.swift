public import HIPlanning
public import HITrace
public import HierarchicalInference

/// A strategy with its policy and what it is judged on: data that chose nothing.
public struct Candidate: Sendable {
  /// The strategy.
  public let strategy: Strategy
  /// Its rules.
  public let policy: Policy
  /// What both models answered on the data that figures are reported on.
  public let trace: JoinedTrace
  /// What things cost; nil leaves latency and energy out.
  public let profile: CostProfile?
  /// What the policy does on the trace: equations (1) to (4).
  public let evaluation: PolicyEvaluation

  /// Judges a policy.
  ///
  /// - Throws: `EvaluationError` where policy, trace and profile do not fit.
  public init(
    _ strategy: Strategy, _ policy: Policy, on trace: JoinedTrace, profile: CostProfile?
  ) throws(EvaluationError) {
    self.strategy = strategy
    self.policy = policy
    self.trace = trace
    self.profile = profile
    evaluation = try PolicyEvaluation(policy, on: trace, profile: profile)
  }

  /// The module that decides at the last exit, where one scores answers.
  var decision: AnyDecisionModule? {
    switch policy.exits.last?.module {
    case nil, .acceptAll, .acceptNone: nil
    case let module?: module
    }
  }
}
