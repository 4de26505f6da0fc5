import HIPlanning
import HITrace
import HierarchicalInference

/// The policy that a calibration comes to, or why it comes to none.
struct CalibrationChoice {
  let strategy: Strategy
  let policy: Policy
  /// What the policy does on the calibration data.
  let evaluation: PolicyEvaluation
  /// Why the policy does not do what was asked; nil where it does.
  let refusal: String?
  private let requirement: Requirement?
  private let objective: Objective?
  private let confidence: Double?

  init(
    trace: JoinedTrace, profile: CostProfile?, strategy: Strategy?, objective: Objective?,
    requirement: Requirement, confidence: Double?
  ) throws {
    let strategy = strategy ?? (trace.exitCount > 1 && objective != nil ? .joint : .hi)
    let asksForNothing = requirement == Requirement() && objective == nil
    self.strategy = strategy
    self.requirement = asksForNothing ? nil : requirement
    self.confidence = confidence
    guard !asksForNothing || strategy != .hi else {
      let regression = try LogisticRegressionTraining().binaryLogistic(trace.local)
      policy = .hierarchical(.binaryLogistic(regression), exitCount: trace.exitCount)
      evaluation = try PolicyEvaluation(policy, on: trace, profile: profile)
      refusal = nil
      self.objective = nil
      return
    }
    let objective =
      objective ?? (requirement.minimumAccuracy == nil ? .accuracy : .offloadFraction)
    self.objective = objective
    let search = ThresholdSearch(objective, subjectTo: requirement)
    if let confidence {
      let result = try CertifiedSearch(search, confidence: confidence).best(
        on: trace, profile: profile
      ) { half throws(TrainingError) in try Self.template(strategy, half) }
      switch result {
      case .certified(let certified):
        policy = certified.candidate.policy
        refusal = nil
      case .notCertified(let nearest, let reason):
        policy = nearest.candidate.policy
        refusal = reason
      }
      evaluation = try PolicyEvaluation(policy, on: trace, profile: profile)
    } else {
      let result = try search.best(
        try Self.template(strategy, trace), on: trace, profile: profile)
      policy = result.candidate.policy
      evaluation = result.candidate.evaluation
      refusal = result.isMet ? nil : Self.notMet(strategy, result.candidate.evaluation)
    }
  }

  /// The policy's file.
  func document(on trace: JoinedTrace) -> PolicyDocument {
    PolicyDocument(
      policy, strategy: strategy, calibratedOn: trace, evaluation: evaluation,
      requirement: requirement, objective: objective, confidence: confidence)
  }

  private static func template(
    _ strategy: Strategy, _ trace: JoinedTrace
  ) throws(TrainingError) -> SearchTemplate {
    let early = SearchTemplate.confidences(trace.exitCount - 1)
    if strategy == .ee { return .earlyExit(early) }
    let decision = AnyDecisionModule.binaryLogistic(
      try LogisticRegressionTraining().binaryLogistic(trace.local))
    switch strategy {
    case .eeHi: return .earlyExitHierarchical(early: early, decision: decision)
    case .joint: return .joint(early: early, decision: decision)
    default: return .hierarchical(decision, exitCount: trace.exitCount)
    }
  }

  private static func notMet(_ strategy: Strategy, _ nearest: PolicyEvaluation) -> String {
    let costs =
      (nearest.lpiMs.map { ", \($0.fixed(3)) ms" } ?? "")
      + (nearest.epiMj.map { ", \($0.fixed(3)) mJ" } ?? "")
    return
      "No \(strategy.rawValue) policy meets the requirement on the calibration data; the nearest "
      + "reaches \(nearest.accuracy.percent()) with \(nearest.offloadFraction.percent(1)) offloaded"
      + "\(costs). Relax the requirement or choose another strategy."
  }
}
