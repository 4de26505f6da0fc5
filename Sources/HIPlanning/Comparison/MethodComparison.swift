public import HITrace
internal import HierarchicalInference

/// The paper's method and ours on the same answers and the same costs, over random halvings.
///
/// The accuracy requirement of a halving is what the paper's HI (the base model, the logistic regression
/// at 0.5) reaches on the calibration half, less one point. The paper's method is EE-HI with brute-force
/// thresholds in steps of 0.01 and the logistic regression at 0.5; ours is `joint` with the best of a few
/// decision modules. Both are calibrated on one half and reported on the other.
public struct MethodComparison: Codable, Sendable, Equatable {
  /// Means over the halvings of one objective.
  public struct Figures: Codable, Sendable, Equatable {
    /// The paper's method: LPI in ms, or EPI in mJ.
    public var paper: Double
    /// Ours.
    public var ours: Double
    /// The oracle's bound at the required accuracy.
    public var oracle: Double
    /// Accuracy of the paper's method on the reported half.
    public var paperAccuracy: Double
    /// Accuracy of ours.
    public var ourAccuracy: Double
    /// `1 - ours / paper`.
    public var saving: Double { 1 - ours / paper }
    /// Share of the distance from the paper's method to the oracle that ours closes.
    public var gapClosed: Double { (paper - ours) / (paper - oracle) }
  }

  /// How many halvings counted: those in which both methods met the requirement on their half.
  public var halvings: Int
  /// Mean accuracy requirement.
  public var requiredAccuracy: Double
  /// Both methods made for least latency, by LPI.
  public var latency: Figures
  /// Both methods made for least energy, by EPI.
  public var energy: Figures

  /// Compares the methods.
  ///
  /// - Parameters:
  ///   - trace: answers of the local model with early exits.
  ///   - base: answers of the base model to the same samples, row by row; nil takes the last exit.
  ///   - profile: costs with energies.
  ///   - halvings: how many random halvings, seeded from 0.
  /// - Throws: ``CalibrationError``.
  public init(
    _ trace: JoinedTrace, base: JoinedTrace? = nil, profile: CostProfile, halvings: Int = 20
  ) throws(CalibrationError) {
    var required = 0.0
    var counted = 0
    var sums = [
      Figures(paper: 0, ours: 0, oracle: 0, paperAccuracy: 0, ourAccuracy: 0),
      Figures(paper: 0, ours: 0, oracle: 0, paperAccuracy: 0, ourAccuracy: 0),
    ]
    for seed in 0..<halvings {
      let halves = Halves(count: trace.count, seed: UInt64(seed))
      let calibration = trace.rows(halves.first)
      let test = trace.rows(halves.second)
      let accuracy = try Self.required((base ?? trace).rows(halves.first)) - 0.01
      var figures: [Figures] = []
      for objective in [Objective.latency, .energy] {
        if let one = try Self.one(objective, accuracy, calibration, test, profile) {
          figures.append(one)
        }
      }
      guard figures.count == 2 else { continue }
      counted += 1
      required += accuracy
      for index in 0..<2 { sums[index].add(figures[index]) }
    }
    self.halvings = counted
    requiredAccuracy = required / Double(counted)
    latency = sums[0].divided(by: Double(counted))
    energy = sums[1].divided(by: Double(counted))
  }

  /// What the paper's HI reaches.
  private static func required(_ half: JoinedTrace) throws(CalibrationError) -> Double {
    try evaluated(
      .hierarchical(try paperModule(half), exitCount: half.exitCount), half, nil
    ).accuracy
  }

  private static func one(
    _ objective: Objective, _ accuracy: Double, _ calibration: JoinedTrace, _ test: JoinedTrace,
    _ profile: CostProfile
  ) throws(CalibrationError) -> Figures? {
    let requirement = Requirement(minimumAccuracy: accuracy)
    let paper: PolicyCandidate?
    let ours: PolicyCandidate?
    do {
      paper = try PaperSearch(objective, subjectTo: requirement).best(
        decision: try paperModule(calibration), on: calibration, profile: profile)
      ours = try best(objective, requirement, calibration, profile)
    } catch let error as SearchError { throw .search(error) } catch let error as CalibrationError {
      throw error
    } catch { return nil }
    guard let paper, let ours else { return nil }
    let theirs = try evaluated(paper.policy, test, profile)
    let mine = try evaluated(ours.policy, test, profile)
    let bound = OracleBound(accuracy: accuracy, on: test, profile: profile)
    func value(_ evaluation: PolicyEvaluation) -> Double? {
      objective == .latency ? evaluation.lpiMs : evaluation.epiMj
    }
    guard let a = value(theirs), let b = value(mine),
      let oracle = objective == .latency ? bound.lpiMs : bound.epiMj
    else { return nil }
    return Figures(
      paper: a, ours: b, oracle: oracle, paperAccuracy: theirs.accuracy,
      ourAccuracy: mine.accuracy)
  }

  /// Ours: of a few decision modules the one whose joint policy is best on the calibration half.
  private static func best(
    _ objective: Objective, _ requirement: Requirement, _ half: JoinedTrace,
    _ profile: CostProfile
  ) throws -> PolicyCandidate? {
    let training = LogisticRegressionTraining()
    let early = SearchTemplate.confidences(half.exitCount - 1)
    var modules: [AnyDecisionModule] = [try paperModule(half)]
    if let richer = try? training.decision(half, features: .allExits) {
      modules.append(.logistic(richer))
    }
    if let gains = try? training.decision(half, features: .allExits, target: .remoteGains) {
      modules.append(.logistic(gains))
    }
    var best: PolicyCandidate?
    for module in modules {
      let result = try ThresholdSearch(objective, subjectTo: requirement).best(
        .joint(early: early, decision: module), on: half, profile: profile)
      guard case .found(let candidate) = result else { continue }
      func value(_ candidate: PolicyCandidate) -> Double {
        (objective == .latency ? candidate.evaluation.lpiMs : candidate.evaluation.epiMj)
          ?? .infinity
      }
      if best.map({ value(candidate) < value($0) }) ?? true { best = candidate }
    }
    return best
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

extension MethodComparison.Figures {
  mutating func add(_ other: Self) {
    paper += other.paper
    ours += other.ours
    oracle += other.oracle
    paperAccuracy += other.paperAccuracy
    ourAccuracy += other.ourAccuracy
  }

  func divided(by count: Double) -> Self {
    Self(
      paper: paper / count, ours: ours / count, oracle: oracle / count,
      paperAccuracy: paperAccuracy / count, ourAccuracy: ourAccuracy / count)
  }
}
