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

  /// Makes a planner.
  public init(resolution: ThresholdSearch.Resolution = .init()) { self.resolution = resolution }

  /// Plans.
  ///
  /// For each requirement every strategy gets thresholds of its own, chosen on the calibration data
  /// under that requirement, and is reported on the test data. A strategy whose decision module cannot
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
        for template in templates(model) {
          if let option = try option(model, template, question) { options.append(option) }
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

  private func templates(_ model: PlannedModel) -> [SearchTemplate] {
    let exits = model.calibration.exitCount
    let early = SearchTemplate.confidences(exits - 1)
    var templates: [SearchTemplate] = exits > 1 ? [.earlyExit(early)] : []
    if let regression = try? LogisticRegressionTraining().binaryLogistic(model.calibration.local) {
      let decision = AnyDecisionModule.binaryLogistic(regression)
      templates.append(.hierarchical(decision, exitCount: exits))
      if exits > 1 {
        templates.append(.earlyExitHierarchical(early: early, decision: decision))
        templates.append(.joint(early: early, decision: decision))
      }
    }
    return templates
  }

  private func option(
    _ model: PlannedModel, _ template: SearchTemplate, _ question: QoSQuestion
  ) throws(SearchError) -> PlanOption? {
    let result = try ThresholdSearch(
      question.objective, subjectTo: question.requirement, resolution: resolution
    ).best(template, on: model.calibration, profile: model.profile)
    return PlanOption(
      strategy: template.strategy, model: model.name,
      evaluation: try evaluate(model, result.candidate.policy), isCalibrated: result.isMet)
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
