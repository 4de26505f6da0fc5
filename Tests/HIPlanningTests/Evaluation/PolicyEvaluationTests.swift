import HIPlanning
import HITrace
import HierarchicalInference
import Testing

@Suite("Evaluation of policies")
struct PolicyEvaluationTests {
  /// Four samples of a model with two exits: accepted early and right; continued, accepted and wrong;
  /// continued, offloaded and right both times; offloaded early, remote wrong.
  private func fourSamples() throws -> JoinedTrace {
    try joined(
      [
        [answer(0, 0.9), answer(0, 0.9)],
        [answer(1, 0.5), answer(2, 0.8)],
        [answer(1, 0.5), answer(0, 0.4)],
        [answer(3, 0.2), answer(0, 0.9)],
      ], remoteRight: [true, true, true, false])
  }

  private let policy = Policy(exits: [
    ExitRule(module: .confidence(ConfidenceThreshold(threshold: 0.85)), offloadBelow: 0.3),
    ExitRule(module: .confidence(ConfidenceThreshold(threshold: 0.7))),
  ])

  private let profile = CostProfile(
    device: "d", link: "l", model: "small",
    exits: [Cost(latencyMs: 1, energyMj: 2), Cost(latencyMs: 3, energyMj: 5)],
    decision: Cost(latencyMs: 0.1, energyMj: 0.01), offload: Cost(latencyMs: 10, energyMj: 20))

  @Test func everySampleEndsWhereTheRulesSendIt() throws {
    let evaluation = try PolicyEvaluation(policy, on: fourSamples(), profile: profile)
    #expect(evaluation.acceptedAt == [1, 1])
    #expect(evaluation.offloadedAt == [1, 1])
    #expect(evaluation.accuracy == 0.5)
    #expect(evaluation.offloadFraction == 0.5)
  }

  @Test func costsAreEquationsThreeAndFourByHand() throws {
    let evaluation = try PolicyEvaluation(policy, on: fourSamples(), profile: profile)
    // 1.1, 3.2, 3.2 + 10, 1.1 + 10
    let lpi = try #require(evaluation.lpiMs)
    #expect(abs(lpi - (1.1 + 3.2 + 13.2 + 11.1) / 4) < 1e-12)
    let epi = try #require(evaluation.epiMj)
    #expect(abs(epi - (2.01 + 5.02 + 25.02 + 22.01) / 4) < 1e-12)
    let latency = try #require(evaluation.costs?.latency)
    #expect(abs(latency.p50Ms - 3.2) < 1e-12)
    #expect(abs(latency.p99Ms - 13.2) < 1e-12)
  }

  @Test func equationTwoApproximatesWithItsParts() throws {
    let approximation = try #require(
      try PolicyEvaluation(policy, on: fourSamples()).approximation)
    // Local answers where each stopped: right, wrong, right, wrong.
    #expect(approximation.localAccuracy == 0.5)
    #expect(approximation.correctOffloaded == 0.25)
    #expect(approximation.remoteAccuracy == 0.75)
    #expect(approximation.accuracy == 0.5 - 0.25 + 0.75 * 0.5)
  }

  @Test func decisionFiguresByHand() throws {
    let decision = try #require(try PolicyEvaluation(policy, on: fourSamples()).decision)
    // One right accepted, one wrong accepted, one right offloaded: 2 / (2 + 1 + 1).
    #expect(decision.f1 == 0.5)
    #expect(decision.correctOffloaded == 0.25)
    #expect(decision.incorrectAccepted == 0.25)
    // At the last exit the wrong answer scores 0.8 and the right one 0.4.
    #expect(decision.auroc == 0)
  }

  @Test func theRowIsTheDocumentedOne() throws {
    let row = try PolicyEvaluation(policy, on: fourSamples(), profile: profile).row(
      strategy: "joint")
    #expect(row.answeredBy == ["exit1": 0.25, "local": 0.25, "remote": 0.5, "fallback": 0])
    #expect(row.energy?.source == .modelled)
  }

  @Test func remoteInferenceRunsNoLocalModel() throws {
    let evaluation = try PolicyEvaluation(.remoteOnly, on: fourSamples(), profile: profile)
    #expect(evaluation.accuracy == 0.75)
    #expect(evaluation.offloadFraction == 1)
    #expect(evaluation.lpiMs == 10)
    #expect(evaluation.approximation == nil)
    #expect(evaluation.row(strategy: "remote").answeredBy["remote"] == 1)
  }

  @Test func onDeviceInferenceOffloadsNothingAndDecidesNothing() throws {
    let evaluation = try PolicyEvaluation(
      .onDevice(exitCount: 2), on: fourSamples(), profile: profile)
    #expect(evaluation.accuracy == 0.75)
    #expect(evaluation.offloadFraction == 0)
    #expect(evaluation.lpiMs == 3)
    #expect(evaluation.decision == nil)
  }

  @Test func everyTermOfEquationTwoIsExactWhereTheRemoteModelIsPerfect() throws {
    let trace = try population(2000, exits: 1, remoteAccuracy: 1)
    let policy = Policy.hierarchical(
      .confidence(ConfidenceThreshold(threshold: 0.7)), exitCount: 1)
    let evaluation = try PolicyEvaluation(policy, on: trace)
    let approximation = try #require(evaluation.approximation)
    #expect(abs(approximation.accuracy - evaluation.accuracy) < 1e-12)
  }

  @Test func aPolicyOfAnotherModelIsRefused() throws {
    let trace = try fourSamples()
    #expect(throws: EvaluationError.exitCount(model: "small", exits: 2, rules: 1)) {
      try PolicyEvaluation(.onDevice, on: trace)
    }
    var short = profile
    short.exits.removeLast()
    #expect(
      throws: EvaluationError.cost(.exitCount(profile: "d, small", found: 1, expected: 2))
    ) { try PolicyEvaluation(policy, on: trace, profile: short) }
    var negative = profile
    negative.offload.energyMj = -1
    #expect(throws: EvaluationError.cost(.notACost(profile: "d, small", found: -1))) {
      try PolicyEvaluation(policy, on: trace, profile: negative)
    }
  }
}
