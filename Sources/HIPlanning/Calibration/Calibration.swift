public import HITrace
internal import HierarchicalInference

/// From traces to a policy file: trains the decision module, searches the thresholds under the
/// requirement, and certifies them where a confidence is asked for.
///
///     var calibration = Calibration(.joint)
///     calibration.requirement.minimumAccuracy = 0.9
///     let document = try calibration.policy(on: trace, profile: profile)
public struct Calibration: Sendable {
  /// Whose rules are chosen.
  public var strategy: Strategy
  /// Which module decides at the last exit; the thresholds need a requirement or an objective, which
  /// chooses them.
  public var decision: DecisionKind
  /// What the regression weighs.
  public var features: DecisionFeatureSet
  /// What it learns to tell apart.
  public var target: DecisionTarget
  /// Whether every exit's logits are divided by a fitted temperature first.
  public var fitsTemperatures: Bool
  /// What is optimised; nil with an empty requirement leaves the decision module at the paper's 0.5.
  public var objective: Objective?
  /// What the policy must keep to.
  public var requirement: Requirement
  /// With which probability the accuracy requirement holds on unseen data; nil for no guarantee.
  public var confidence: Double?

  /// Makes a calibration of the paper's decision module, without a requirement.
  public init(_ strategy: Strategy) {
    self.strategy = strategy
    decision = .regression
    features = .twoHighest
    target = .localRight
    fitsTemperatures = false
    requirement = Requirement()
  }

  /// The policy with its provenance.
  ///
  /// - Parameters:
  ///   - trace: the calibration split.
  ///   - profile: what things cost; needed where latency or energy is asked for.
  /// - Throws: ``CalibrationError``.
  public func policy(
    on trace: JoinedTrace, profile: CostProfile?
  ) throws(CalibrationError) -> PolicyDocument {
    var trace = trace
    var temperatures: [Float]?
    if fitsTemperatures {
      do {
        // With a guarantee nothing may be fitted on the half that tests; the search draws the same one.
        let fitting =
          confidence == nil
          ? trace.local : trace.local.rows(Halves(count: trace.count, seed: 0).first)
        let fitted = try TemperatureScaling.fit(fitting)
        trace = try trace.observed(temperatures: fitted)
        temperatures = fitted
      } catch { throw .trace(error) }
    }
    let policy = try chosen(on: trace, profile)
    let evaluation: PolicyEvaluation
    do { evaluation = try PolicyEvaluation(policy, on: trace, profile: profile) } catch {
      throw .search(.evaluation(error))
    }
    return PolicyDocument(
      policy, strategy: strategy, calibratedOn: trace, temperatures: temperatures,
      evaluation: evaluation, requirement: requirement == Requirement() ? nil : requirement,
      objective: isPapers ? nil : objective(with: profile), confidence: confidence)
  }

  /// Policies of which none is beaten in both accuracy and the objective, within the requirement's other
  /// limits; not certified.
  ///
  /// - Parameters:
  ///   - trace: calibration data.
  ///   - profile: what exits and offloads cost; needed where the objective or a limit is a cost.
  ///   - points: how many accuracies are tried, at least 2.
  /// - Throws: ``CalibrationError``.
  public func paretoFront(
    on trace: JoinedTrace, profile: CostProfile?, points: Int = 25
  ) throws(CalibrationError) -> [PolicyCandidate] {
    let least = objective ?? (profile == nil ? .offloadFraction : .latency)
    guard least != .accuracy else { throw .frontOfAccuracy }
    let template: SearchTemplate
    do { template = try self.template(trace) } catch { throw .training(error) }
    do {
      return try ThresholdSearch(least, subjectTo: requirement).paretoFront(
        template, on: trace, profile: profile, points: points)
    } catch { throw .search(error) }
  }

  /// Whether nothing is asked for, so that the decision module stays at the paper's 0.5.
  private var isPapers: Bool {
    objective == nil && requirement == Requirement() && confidence == nil
  }

  /// What is optimised where nothing is said: most accuracy where no accuracy is required, else least
  /// latency, or fewest offloads where no profile prices them.
  private func objective(with profile: CostProfile?) -> Objective {
    if let objective { return objective }
    if requirement.minimumAccuracy == nil { return .accuracy }
    return profile == nil ? .offloadFraction : .latency
  }

  private func chosen(
    on trace: JoinedTrace, _ profile: CostProfile?
  ) throws(CalibrationError) -> Policy {
    switch strategy {
    case .onDevice: return .onDevice(exitCount: trace.exitCount)
    case .remote: return .remoteOnly
    default: break
    }
    if isPapers {
      guard strategy == .hi, decision == .regression else { throw .noRequirement(strategy) }
      do {
        return .hierarchical(try module(trace), exitCount: trace.exitCount)
      } catch { throw .training(error) }
    }
    let search = ThresholdSearch(objective(with: profile), subjectTo: requirement)
    guard let confidence else { return try uncertified(search, trace, profile) }
    let result: CertifiedResult
    do {
      result = try CertifiedSearch(search, confidence: confidence, seed: 0).best(
        on: trace, profile: profile
      ) { half throws(TrainingError) in try template(half) }
    } catch { throw .guarantee(error) }
    switch result {
    case .certified(let policy): return policy.candidate.policy
    case .notCertified(_, let reason): throw .notCertified(reason: reason)
    }
  }

  private func uncertified(
    _ search: ThresholdSearch, _ trace: JoinedTrace, _ profile: CostProfile?
  ) throws(CalibrationError) -> Policy {
    let template: SearchTemplate
    do { template = try self.template(trace) } catch { throw .training(error) }
    let result: SearchResult
    do { result = try search.best(template, on: trace, profile: profile) } catch {
      throw .search(error)
    }
    switch result {
    case .found(let candidate): return candidate.policy
    case .notMet(let nearest):
      throw .notMet(
        strategy, nearestAccuracy: nearest.evaluation.accuracy,
        offloadFraction: nearest.evaluation.offloadFraction, lpiMs: nearest.evaluation.lpiMs)
    }
  }

  private func template(_ trace: JoinedTrace) throws(TrainingError) -> SearchTemplate {
    let early = SearchTemplate.confidences(trace.exitCount - 1)
    switch strategy {
    case .ee: return .earlyExit(early)
    case .eeHi: return .earlyExitHierarchical(early: early, decision: try module(trace))
    case .joint: return .joint(early: early, decision: try module(trace))
    case .hi, .onDevice, .remote:
      return .hierarchical(try module(trace), exitCount: trace.exitCount)
    }
  }

  private func module(_ trace: JoinedTrace) throws(TrainingError) -> AnyDecisionModule {
    switch decision {
    case .confidence: return .confidence(ConfidenceThreshold(threshold: 0))
    case .margin: return .margin(MarginThreshold(threshold: 0))
    case .entropy: return .entropy(EntropyThreshold(threshold: 0))
    case .energy: return .energy(EnergyThreshold(threshold: 0))
    case .regression: break
    }
    let training = LogisticRegressionTraining()
    if features == .twoHighest && target == .localRight {
      return .binaryLogistic(try training.binaryLogistic(trace.local))
    }
    return .logistic(try training.decision(trace, features: features, target: target))
  }
}
