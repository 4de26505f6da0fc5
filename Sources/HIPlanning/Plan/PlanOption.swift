/// One way to classify on a device, with its figures: a line of a plan.
public struct PlanOption: Codable, Sendable, Equatable {
  /// The strategy.
  public var strategy: Strategy
  /// The local model; the remote one for remote inference.
  public var model: String
  /// Share of right answers.
  public var accuracy: Double
  /// Its 95% interval; nil for published figures, which have none.
  public var accuracyInterval95: Interval?
  /// Latency per inference.
  public var lpiMs: Double
  /// Its 95% interval.
  public var lpiInterval95: Interval?
  /// Energy per inference; nil where nothing tells it.
  public var epiMj: Double?
  /// Its 95% interval.
  public var epiInterval95: Interval?
  /// Share of samples that are offloaded.
  public var offloadFraction: Double
  /// Whether the policy met the requirement on the data that it was chosen on; an option that did not
  /// cannot win, whatever it does on other data.
  public var isCalibrated: Bool

  /// Makes an option of figures.
  public init(
    strategy: Strategy, model: String, accuracy: Double, lpiMs: Double, epiMj: Double?,
    offloadFraction: Double
  ) {
    self.strategy = strategy
    self.model = model
    self.accuracy = accuracy
    self.lpiMs = lpiMs
    self.epiMj = epiMj
    self.offloadFraction = offloadFraction
    isCalibrated = true
  }

  /// Makes an option of an evaluation; nil where the evaluation knows no costs.
  public init?(
    strategy: Strategy, model: String, evaluation: PolicyEvaluation, isCalibrated: Bool = true
  ) {
    guard let lpiMs = evaluation.lpiMs else { return nil }
    self.init(
      strategy: strategy, model: model, accuracy: evaluation.accuracy, lpiMs: lpiMs,
      epiMj: evaluation.epiMj, offloadFraction: evaluation.offloadFraction)
    accuracyInterval95 = evaluation.accuracyInterval
    lpiInterval95 = evaluation.costs?.lpiInterval
    epiInterval95 = epiMj == nil ? nil : evaluation.costs?.epiInterval
    self.isCalibrated = isCalibrated
  }

  /// Whether the figures meet a requirement.
  public func meets(_ requirement: Requirement) -> Bool {
    isCalibrated && accuracy >= (requirement.minimumAccuracy ?? 0) - 1e-9
      && lpiMs <= (requirement.maximumLatencyMs ?? .infinity) + 1e-9
      && (requirement.maximumEnergyMj.map { (epiMj ?? .infinity) <= $0 + 1e-9 } ?? true)
      && offloadFraction <= (requirement.maximumOffloadFraction ?? 1) + 1e-9
  }
}

/// A requirement with a name and what is best under it.
public struct QoSQuestion: Codable, Sendable, Equatable {
  /// What it is called: `accuracy`, `latency`, `energy`.
  public var name: String
  /// What an option must keep to.
  public var requirement: Requirement
  /// What decides among the options that do.
  public var objective: Objective

  /// Makes a question.
  public init(name: String, requirement: Requirement, objective: Objective) {
    self.name = name
    self.requirement = requirement
    self.objective = objective
  }

  /// The paper's three (section 3.3): an accuracy 10 points under the state of the art, at the least
  /// latency; and at most half of an offload's latency, and energy, each at the most accuracy.
  ///
  /// - Parameters:
  ///   - stateOfTheArt: the best accuracy known on the data set.
  ///   - offload: what an offload costs on the device.
  ///   - hasEnergies: whether energies are known; the third question is left out where not.
  public static func paper(
    stateOfTheArt: Double, offload: Cost, hasEnergies: Bool = true
  ) -> [QoSQuestion] {
    var questions = [
      QoSQuestion(
        name: "accuracy", requirement: Requirement(minimumAccuracy: stateOfTheArt - 0.1),
        objective: .latency),
      QoSQuestion(
        name: "latency", requirement: Requirement(maximumLatencyMs: offload.latencyMs / 2),
        objective: .accuracy),
    ]
    if hasEnergies {
      questions.append(
        QoSQuestion(
          name: "energy", requirement: Requirement(maximumEnergyMj: offload.energyMj / 2),
          objective: .accuracy))
    }
    return questions
  }
}
