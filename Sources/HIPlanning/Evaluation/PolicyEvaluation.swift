public import HITrace
public import HierarchicalInference

/// What a policy does on a trace: equations (1) to (4) of the paper (section 3.4.2).
///
///     let evaluation = try PolicyEvaluation(policy, on: joined, profile: profile)
///     print(evaluation.accuracy, evaluation.lpiMs ?? .nan)
///
/// The decisions are made by `Policy`'s own `verdict`, the code that decides on the live device.
public struct PolicyEvaluation: Sendable, Equatable {
  /// How many samples were evaluated.
  public let samples: Int
  /// How many were answered right: the numerator of equation (1).
  public let correct: Int
  /// How many each exit answered, first exit first; empty where no local model is run.
  public let acceptedAt: [Int]
  /// How many each exit sent away, first exit first; empty where no local model is run.
  public let offloadedAt: [Int]
  /// The terms of equation (2); nil where no local model is run.
  public let approximation: AccuracyApproximation?
  /// How well accepting and offloading was decided; nil where nothing is ever offloaded or everything
  /// always is.
  public let decision: DecisionQuality?
  /// Equations (3) and (4); nil without a profile.
  public let costs: EvaluatedCosts?

  /// How many were sent to the remote model.
  public var offloaded: Int { acceptedAt.isEmpty ? samples : offloadedAt.reduce(0, +) }
  /// Share of right answers: equation (1).
  public var accuracy: Double { Double(correct) / Double(samples) }
  /// Wilson's 95% interval of the accuracy.
  public var accuracyInterval: Interval { .wilson(successes: correct, trials: samples) }
  /// Share of samples that were sent to the remote model: eta_off.
  public var offloadFraction: Double { Double(offloaded) / Double(samples) }
  /// Wilson's 95% interval of the offload fraction.
  public var offloadInterval: Interval { .wilson(successes: offloaded, trials: samples) }
  /// Latency per inference in ms: equation (3); nil without a profile.
  public var lpiMs: Double? { costs?.mean.latencyMs }
  /// Energy per inference in mJ: equation (4); nil without a profile that knows energies.
  public var epiMj: Double? { costs?.energySource == nil ? nil : costs?.mean.energyMj }

  /// Evaluates a policy.
  ///
  /// - Parameters:
  ///   - policy: one rule for each exit of the local model, or none for remote inference.
  ///   - trace: what both models answered.
  ///   - profile: what exits, decisions and offloads cost; nil leaves latency and energy out.
  /// - Throws: ``EvaluationError``.
  /// - Complexity: O(samples x exits).
  public init(
    _ policy: Policy, on trace: JoinedTrace, profile: CostProfile? = nil
  ) throws(EvaluationError) {
    guard trace.count > 0 else { throw .noSamples(model: trace.local.metadata.modelName) }
    guard !policy.runsLocalModel || policy.exits.count == trace.exitCount else {
      throw .exitCount(
        model: trace.local.metadata.modelName, exits: trace.exitCount, rules: policy.exits.count)
    }
    if let profile {
      do { try profile.check(exitCount: trace.exitCount) } catch { throw .cost(error) }
    }
    var tally = OutcomeTally(exits: policy.exits.count)
    let observations = trace.local.observations.span
    let width = trace.exitCount
    for sample in 0..<trace.count {
      let settlement = policy.settle(
        observations.extracting(sample * width..<(sample + 1) * width))
      tally.add(
        settlement,
        localRight: settlement.exit.map { trace.local.isCorrect(sample: sample, exit: $0) }
          ?? false,
        remoteRight: trace.isRemoteCorrect(sample))
    }
    samples = trace.count
    correct = tally.correct
    acceptedAt = tally.acceptedAt
    offloadedAt = tally.offloadedAt
    approximation =
      policy.runsLocalModel
      ? AccuracyApproximation(
        localAccuracy: Double(tally.localRight) / Double(trace.count),
        correctOffloaded: Double(tally.rightOffloaded) / Double(trace.count),
        remoteAccuracy: trace.remote.accuracy(exit: 0),
        offloadFraction: Double(tally.offloadedAt.reduce(0, +)) / Double(trace.count)) : nil
    decision = Self.quality(policy, trace, tally)
    costs = profile.map { EvaluatedCosts(policy, tally, $0) }
  }

  private static func quality(
    _ policy: Policy, _ trace: JoinedTrace, _ tally: OutcomeTally
  ) -> DecisionQuality? {
    guard policy.runsLocalModel, policy.canOffload else { return nil }
    let ranked = policy.scoresAtLastExit(trace.local)
    return DecisionQuality(
      rightAccepted: tally.rightAccepted, wrongAccepted: tally.wrongAccepted,
      rightOffloaded: tally.rightOffloaded, samples: trace.count,
      auroc: ranked.flatMap { Ranking.areaUnderROC(scores: $0.scores, isRight: $0.isRight) },
      riskCoverageArea: ranked.flatMap {
        Ranking.riskCoverageArea(scores: $0.scores, isRight: $0.isRight)
      })
  }
}

extension PolicyEvaluation {
  /// The row of a report.
  public func row(strategy: String) -> StrategyRow {
    StrategyRow(
      strategy: strategy, samples: samples, correct: correct, offloaded: offloaded,
      accuracyApproximated: approximation?.accuracy,
      latency: costs?.latency,
      energy: epiMj.flatMap { epi in
        costs?.energySource.map { EnergySummary(meanMj: epi, source: $0) }
      },
      answeredBy: StrategyRow.answeredBy(exits: acceptedAt, remote: offloaded),
      decision: decision)
  }
}

/// Equation (2): `(Acc_OD - eta_FN) + Acc_S eta_off`, which takes the remote model to be as good on
/// offloaded samples as on all; equation (1) counts.
public struct AccuracyApproximation: Codable, Sendable, Equatable {
  /// Acc_OD: accuracy of the local answers, each at the exit where its sample stopped.
  public let localAccuracy: Double
  /// eta_FN: share of samples whose local answer was right and that were offloaded.
  public let correctOffloaded: Double
  /// Acc_S: accuracy of the remote model on all samples.
  public let remoteAccuracy: Double
  /// eta_off: share of samples that were offloaded.
  public let offloadFraction: Double

  /// Makes the approximation of its terms.
  public init(
    localAccuracy: Double, correctOffloaded: Double, remoteAccuracy: Double,
    offloadFraction: Double
  ) {
    self.localAccuracy = localAccuracy
    self.correctOffloaded = correctOffloaded
    self.remoteAccuracy = remoteAccuracy
    self.offloadFraction = offloadFraction
  }

  /// The approximated accuracy.
  public var accuracy: Double {
    localAccuracy - correctOffloaded + remoteAccuracy * offloadFraction
  }
}

/// Why a policy cannot be evaluated on a trace.
public enum EvaluationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is nothing to evaluate on.
  case noSamples(model: String)
  /// The policy is for a model with another number of exits.
  case exitCount(model: String, exits: Int, rules: Int)
  /// The cost profile does not fit.
  case cost(CostError)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .noSamples(let model):
      "The trace of '\(model)' has no samples to evaluate on; record some first."
    case .exitCount(let model, let exits, let rules):
      "The policy has \(rules) rules and the trace of '\(model)' has \(exits) exits; calibrate a "
        + "policy for this model."
    case .cost(let error):
      error.description
    }
  }
}
