internal import HITrace
internal import HierarchicalInference

/// One random halving: both methods calibrated on its first half and evaluated on its second.
struct MethodContest {
  /// What the paper's HI reaches on the calibration half, less one point.
  let required: Double
  private let calibration: JoinedTrace
  private let test: JoinedTrace
  private let profile: CostProfile
  private let margin: OwnMargin
  /// How many exits are the model's own; a second look follows them or not.
  private let stages: Int

  init(
    _ trace: JoinedTrace, base: JoinedTrace, profile: CostProfile, margin: OwnMargin,
    halves: Halves
  ) throws(CalibrationError) {
    calibration = trace.rows(halves.first)
    test = trace.rows(halves.second)
    self.profile = profile
    self.margin = margin
    stages = trace.local.metadata.stageCount
    let half = base.rows(halves.first)
    let hierarchical = Policy.hierarchical(
      try Self.paperModule(half), exitCount: half.exitCount)
    required = try Self.evaluated(hierarchical, half, nil).accuracy - 0.01
  }

  /// Both methods made for an objective; nil where one of them cannot meet the requirement.
  func halving(_ objective: Objective) throws(CalibrationError) -> MethodComparison.Halving? {
    let calibration = calibration.firstExits(stages)
    let test = test.firstExits(stages)
    var profile = profile
    profile.exits = Array(profile.exits.prefix(stages))
    let module = try Self.paperModule(calibration)
    let paper: PolicyCandidate?
    do {
      paper = try PaperSearch(objective, subjectTo: Requirement(minimumAccuracy: required)).best(
        decision: module, on: calibration, profile: profile)
    } catch { throw .search(error) }
    let alone = try own(objective, calibration, profile)
    guard let paper, let alone else { return nil }
    let thresholds = try method(alone.policy, objective, test, profile)
    let papers = try method(paper.policy, objective, test, profile)
    var ours = thresholds
    var least = Self.cost(alone.evaluation, objective)
    if let looking = try secondLook(objective), Self.cost(looking.evaluation, objective) < least {
      ours = try method(looking.policy, objective, self.test, self.profile)
      least = Self.cost(looking.evaluation, objective)
    }
    if case .crossValidated = margin, Self.cost(paper.evaluation, objective) <= least {
      ours = papers
    }
    let bound = OracleBound(accuracy: required, on: self.test, profile: self.profile)
    guard let oracle = objective == .latency ? bound.lpiMs : bound.epiMj else { return nil }
    return MethodComparison.Halving(
      paper: papers, thresholds: thresholds, ours: ours, oracle: oracle)
  }

  private func secondLook(_ objective: Objective) throws(CalibrationError) -> PolicyCandidate? {
    guard stages < calibration.exitCount else { return nil }
    return try own(objective, calibration, profile)
  }

  /// Ours on the calibration half, asked for the margin too; nil where it cannot meet that.
  private func own(
    _ objective: Objective, _ half: JoinedTrace, _ profile: CostProfile
  ) throws(CalibrationError) -> PolicyCandidate? {
    var asked = required
    switch margin {
    case .fixed(let margin): asked += margin
    case .crossValidated(let folds):
      asked += try shortfall(folds, objective, half, profile)
    }
    return try joint(objective, Requirement(minimumAccuracy: asked), half, profile)
  }

  /// How much less accurate policies are on a fold than on the folds that chose them, in the mean of the
  /// folds; at least 0.
  ///
  /// A policy that does not depend on the folds has none in expectation or otherwise, since every sample
  /// is as often among those that choose as the others; so what is left is owed to choosing.
  private func shortfall(
    _ folds: Int, _ objective: Objective, _ half: JoinedTrace, _ profile: CostProfile
  ) throws(CalibrationError) -> Double {
    var differences: [Double] = []
    for fold in 0..<folds {
      let choosing = half.rows((0..<half.count).filter { $0 % folds != fold })
      let left = half.rows((0..<half.count).filter { $0 % folds == fold })
      let chosen = try joint(
        objective, Requirement(minimumAccuracy: required), choosing, profile)
      guard let chosen else { continue }
      let there = try Self.evaluated(chosen.policy, left, nil).accuracy
      differences.append(chosen.evaluation.accuracy - there)
    }
    guard !differences.isEmpty else { return 0 }
    return max(0, differences.reduce(0, +) / Double(differences.count))
  }

  private func joint(
    _ objective: Objective, _ requirement: Requirement, _ half: JoinedTrace, _ profile: CostProfile
  ) throws(CalibrationError) -> PolicyCandidate? {
    let template = SearchTemplate.joint(
      early: SearchTemplate.confidences(half.exitCount - 1),
      decision: try Self.paperModule(half))
    do {
      let result = try ThresholdSearch(objective, subjectTo: requirement).best(
        template, on: half, profile: profile)
      return result.isMet ? result.candidate : nil
    } catch { throw .search(error) }
  }

  private func method(
    _ policy: Policy, _ objective: Objective, _ half: JoinedTrace, _ profile: CostProfile
  ) throws(CalibrationError) -> MethodComparison.Method {
    let evaluation = try Self.evaluated(policy, half, profile)
    return MethodComparison.Method(
      cost: Self.cost(evaluation, objective), accuracy: evaluation.accuracy,
      offloadFraction: evaluation.offloadFraction)
  }

  private static func cost(_ evaluation: PolicyEvaluation, _ objective: Objective) -> Double {
    (objective == .latency ? evaluation.lpiMs : evaluation.epiMj) ?? .infinity
  }

  private static func paperModule(_ half: JoinedTrace) throws(CalibrationError) -> AnyDecisionModule
  {
    do {
      return .binaryLogistic(try LogisticRegressionTraining().binaryLogistic(half.local))
    } catch { throw .training(error) }
  }

  private static func evaluated(
    _ policy: Policy, _ trace: JoinedTrace, _ profile: CostProfile?
  ) throws(CalibrationError) -> PolicyEvaluation {
    do { return try PolicyEvaluation(policy, on: trace, profile: profile) } catch {
      throw .search(.evaluation(error))
    }
  }
}
