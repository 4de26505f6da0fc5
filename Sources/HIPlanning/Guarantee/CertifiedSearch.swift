public import HITrace
internal import HierarchicalInference

/// Chooses a policy that meets its accuracy requirement on unseen data with a given probability.
///
///     let search = ThresholdSearch(.latency, subjectTo: Requirement(minimumAccuracy: 0.9))
///     let result = try CertifiedSearch(search, confidence: 0.95).best(
///       on: calibration, profile: profile
///     ) { half in .hierarchical(.binaryLogistic(try training.binaryLogistic(half.local)), exitCount: 1) }
///
/// Learn then Test with fixed-sequence testing (Angelopoulos, Bates, Candès, Jordan and Lei, 2021,
/// "Learn then Test: Calibrating Predictive Algorithms to Achieve Risk Control", theorem 1 and
/// proposition 4). One half of the calibration samples is used to search: it gives a sequence of
/// policies, from one far safer than required down to one that just meets the requirement there. The
/// other half tests, in that order, the hypotheses "this policy's accuracy is below the requirement" at
/// level `1 - confidence`, each with the exact binomial p-value, and stops at the first that it cannot
/// reject. Because the order was fixed without the testing half, the chance that any false hypothesis
/// is rejected before the stop is at most `1 - confidence`; so the policy before the stop, the
/// cheapest certified one, meets the requirement with that probability. The theorem asks for samples
/// that are drawn independently from the distribution of the unseen data, and for a decision module
/// that was not trained on the testing half, which is why the module is trained by `train`.
///
/// Only the accuracy is certified. Limits on latency, energy and offload fraction are kept on the
/// searching half.
public struct CertifiedSearch: Sendable {
  /// Objective, requirement and resolution.
  public var search: ThresholdSearch
  /// With which probability the accuracy requirement holds, for example 0.95.
  public var confidence: Double
  /// How many policies the sequence has.
  public var steps: Int
  /// Draws the halves; the same seed gives the same halves.
  public var seed: UInt64

  /// Makes a search with a guarantee.
  public init(
    _ search: ThresholdSearch, confidence: Double, steps: Int = 16, seed: UInt64 = 0
  ) {
    self.search = search
    self.confidence = confidence
    self.steps = steps
    self.seed = seed
  }

  /// The cheapest policy that can be certified.
  ///
  /// - Parameters:
  ///   - train: makes the template from the searching half: trains the decision module there.
  ///   - trace: the calibration data.
  ///   - profile: what things cost.
  /// - Throws: ``GuaranteeError``.
  public func best(
    on trace: JoinedTrace, profile: CostProfile?,
    train: (JoinedTrace) throws(TrainingError) -> SearchTemplate
  ) throws(GuaranteeError) -> CertifiedResult {
    guard confidence > 0, confidence < 1 else { throw .confidence(confidence) }
    guard let required = search.requirement.minimumAccuracy else { throw .noAccuracy }
    let halves = Halves(count: trace.count, seed: seed)
    guard !halves.first.isEmpty, !halves.second.isEmpty else {
      throw .tooFewSamples(trace.count)
    }
    let searching = trace.rows(halves.first)
    let testing = trace.rows(halves.second)
    let template: SearchTemplate
    do { template = try train(searching) } catch { throw .training(error) }
    let sequence: [PolicyCandidate]
    do { sequence = try candidates(template, searching, profile, required) } catch {
      throw .search(error)
    }
    var certified: CertifiedPolicy?
    var safest: CertifiedPolicy?
    for candidate in sequence {
      let tested: PolicyEvaluation
      do { tested = try PolicyEvaluation(candidate.policy, on: testing, profile: profile) } catch {
        throw .search(.evaluation(error))
      }
      let policy = CertifiedPolicy(
        candidate: candidate, tested: tested, confidence: confidence,
        pValue: BinomialBound.upperTail(
          successes: tested.correct, trials: tested.samples, probability: required))
      if safest == nil { safest = policy }
      guard policy.pValue <= 1 - confidence else { break }
      certified = policy
    }
    if let certified { return .certified(certified) }
    guard let safest else { throw .noPolicy }
    return .notCertified(
      nearest: safest,
      reason: Self.reason(safest, required: required, confidence: confidence, all: trace.count))
  }

  /// Policies found for ever lower accuracies, safest first, down to the requirement itself.
  private func candidates(
    _ template: SearchTemplate, _ half: JoinedTrace, _ profile: CostProfile?, _ required: Double
  ) throws(SearchError) -> [PolicyCandidate] {
    var search = search
    search.objective = .accuracy
    search.requirement.minimumAccuracy = nil
    let surest = try search.best(template, on: half, profile: profile).candidate
    search.objective = self.search.objective
    var sequence = [surest]
    let best = surest.evaluation.accuracy
    for step in 0..<steps where best > required {
      // Quadratic steps: dense near the requirement, where the cheapest policies are.
      let share = 1 - Double(step + 1) / Double(steps)
      search.requirement.minimumAccuracy = required + (best - required) * share * share
      let result = try search.best(template, on: half, profile: profile)
      guard case .found(let candidate) = result else { continue }
      if sequence.last?.policy != candidate.policy { sequence.append(candidate) }
    }
    return sequence
  }

  private static func reason(
    _ safest: CertifiedPolicy, required: Double, confidence: Double, all: Int
  ) -> String {
    func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100)%" }
    let bound = BinomialBound.lowerBound(
      successes: safest.tested.correct, trials: safest.tested.samples, confidence: confidence)
    let best = BinomialBound.lowerBound(
      successes: safest.tested.samples, trials: safest.tested.samples, confidence: confidence)
    var text =
      "No policy can be certified for an accuracy of \(percent(required)) at confidence "
      + "\(percent(confidence)); the nearest is certain of \(percent(bound))."
    if all < 200 {
      text +=
        " With \(all) samples even a policy without a mistake could be certified for "
        + "\(percent(best)) at most; calibrate on 200 or more."
    }
    return text
  }
}

/// A policy with the test that it went through.
public struct CertifiedPolicy: Sendable, Equatable {
  /// The policy and what it does on the searching half.
  public let candidate: PolicyCandidate
  /// What it does on the testing half, which had no part in choosing it.
  public let tested: PolicyEvaluation
  /// The confidence that was asked for.
  public let confidence: Double
  /// The chance to see the testing half's accuracy, or a better one, if the true one were the
  /// requirement.
  public let pValue: Double
}

/// What a certified search gives.
public enum CertifiedResult: Sendable, Equatable {
  /// The cheapest policy that was certified.
  case certified(CertifiedPolicy)
  /// No policy could be; the safest one, and why in a sentence.
  case notCertified(nearest: CertifiedPolicy, reason: String)
}

/// Why a guarantee cannot be given.
public enum GuaranteeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A confidence outside 0 to 1.
  case confidence(Double)
  /// No accuracy was required.
  case noAccuracy
  /// Too few samples to have two halves.
  case tooFewSamples(Int)
  /// The decision module cannot be trained on the searching half.
  case training(TrainingError)
  /// The search cannot be made.
  case search(SearchError)
  /// The search gave no policy.
  case noPolicy

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .confidence(let found):
      "The confidence is a probability between 0 and 1 and is \(found); give 0.95 for 95%."
    case .noAccuracy:
      "A guarantee is one of accuracy and none is required; give one with --min-accuracy."
    case .tooFewSamples(let found):
      "A guarantee needs samples to search and others to test on, and there are \(found); calibrate "
        + "on 200 or more."
    case .training(let error): error.description
    case .search(let error): error.description
    case .noPolicy: "The search gave no policy to certify; relax the other limits."
    }
  }
}
