public import HITrace
internal import HierarchicalInference

/// A local model that a plan considers on one device.
public struct PlannedModel: Sendable {
  /// What the plan calls it.
  public var name: String
  /// Answers on data that policies are chosen on.
  public var calibration: JoinedTrace
  /// Answers on data that figures are reported on; not the same samples.
  public var test: JoinedTrace
  /// What it costs on the device.
  public var profile: CostProfile

  /// Makes a model to plan with.
  public init(
    name: String, calibration: JoinedTrace, test: JoinedTrace, profile: CostProfile
  ) {
    self.name = name
    self.calibration = calibration
    self.test = test
    self.profile = profile
  }
}

/// What to deploy on a device: the paper's Table 5, for anybody's models.
public struct QoSPlan: Codable, Sendable, Equatable {
  /// `hi.plan/1`.
  public var schema = "hi.plan/1"
  /// The device.
  public var device: String
  /// The data set.
  public var dataset: String
  /// One answer a requirement.
  public var answers: [QoSAnswer]
}

/// Puts every strategy with every local model to every QoS requirement.
///
///     let plan = try QoSPlanner().plan([model], questions: questions)
///     for answer in plan.answers { print(answer.statement) }
public struct QoSPlanner: Sendable {
  /// How finely thresholds are searched.
  public var resolution: ThresholdSearch.Resolution
  /// With which probability a policy that was chosen for an accuracy requirement meets it on unseen
  /// data; nil chooses the best on the calibration data, which then misses on other data about every
  /// second time.
  public var confidence: Double?

  /// Makes a planner.
  public init(
    resolution: ThresholdSearch.Resolution = .init(), confidence: Double? = 0.95
  ) {
    self.resolution = resolution
    self.confidence = confidence
  }

  /// Plans.
  ///
  /// For each requirement every strategy gets thresholds of its own, chosen on the calibration data
  /// under that requirement (certified there, where it is one of accuracy), and is reported on the test
  /// data. A strategy whose decision module cannot
  /// be trained (the local model is always right, or always wrong) is left out.
  ///
  /// - Parameters:
  ///   - models: the local models on one device, at least one.
  ///   - questions: the requirements.
  /// - Throws: ``SearchError`` where traces and profiles do not fit.
  public func plan(
    _ models: [PlannedModel], questions: [QoSQuestion]
  ) throws(SearchError) -> QoSPlan {
    precondition(!models.isEmpty, "a plan needs a local model")
    var answers: [QoSAnswer] = []
    for question in questions {
      var options: [PlanOption] = []
      for (index, model) in models.enumerated() {
        for strategy in strategies(model) {
          if let option = try option(model, strategy, question) { options.append(option) }
        }
        if let option = try fixed(model, .onDevice(exitCount: model.test.exitCount), .onDevice) {
          options.append(option)
        }
        if index == 0, let option = try fixed(model, .remoteOnly, .remote) {
          options.append(option)
        }
      }
      answers.append(QoSAnswer(question, options: options))
    }
    return QoSPlan(
      device: models[0].profile.device, dataset: models[0].test.local.metadata.dataset,
      answers: answers)
  }

  /// The strategies that have thresholds for a model; those with a decision module only where it can
  /// be trained.
  private func strategies(_ model: PlannedModel) -> [Strategy] {
    let isTrainable = (try? template(.hi, model.calibration)) != nil
    let hasEarlyExits = model.calibration.exitCount > 1
    return (hasEarlyExits ? [.ee] : []) + (isTrainable ? [.hi] : [])
      + (isTrainable && hasEarlyExits ? [.eeHi, .joint] : [])
  }

  private func template(
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

  private func option(
    _ model: PlannedModel, _ strategy: Strategy, _ question: QoSQuestion
  ) throws(SearchError) -> PlanOption? {
    let search = ThresholdSearch(
      question.objective, subjectTo: question.requirement, resolution: resolution)
    let (policy, isMet) = try chosen(search, strategy, model)
    return PlanOption(
      strategy: strategy, model: model.name, evaluation: try evaluate(model, policy),
      isCalibrated: isMet)
  }

  private func chosen(
    _ search: ThresholdSearch, _ strategy: Strategy, _ model: PlannedModel
  ) throws(SearchError) -> (policy: Policy, isMet: Bool) {
    if let confidence, search.requirement.minimumAccuracy != nil {
      let certified = CertifiedSearch(search, confidence: confidence)
      let result = try? certified.best(on: model.calibration, profile: model.profile) {
        half throws(TrainingError) in try template(strategy, half)
      }
      switch result {
      case .certified(let found): return (found.candidate.policy, true)
      case .notCertified(let nearest, _): return (nearest.candidate.policy, false)
      case nil: break
      }
    }
    guard let template = try? template(strategy, model.calibration) else {
      return (.onDevice(exitCount: model.calibration.exitCount), false)
    }
    let result = try search.best(template, on: model.calibration, profile: model.profile)
    let needsCertificate = confidence != nil && search.requirement.minimumAccuracy != nil
    return (result.candidate.policy, result.isMet && !needsCertificate)
  }

  private func fixed(
    _ model: PlannedModel, _ policy: Policy, _ strategy: Strategy
  ) throws(SearchError) -> PlanOption? {
    PlanOption(
      strategy: strategy,
      model: strategy == .remote ? model.test.remote.metadata.modelName : model.name,
      evaluation: try evaluate(model, policy))
  }

  private func evaluate(
    _ model: PlannedModel, _ policy: Policy
  ) throws(SearchError) -> PolicyEvaluation {
    do { return try PolicyEvaluation(policy, on: model.test, profile: model.profile) } catch {
      throw .evaluation(error)
    }
  }
}
