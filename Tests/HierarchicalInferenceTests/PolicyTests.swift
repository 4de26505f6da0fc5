import Testing

@testable import HierarchicalInference

private func observation(_ confidence: Float, prediction: Int = 0) -> Observation {
  Observation(
    prediction: prediction, confidence: confidence, runnerUp: (1 - confidence) / 2,
    entropy: 1 - confidence, logSumExp: 4 * confidence)
}

private func confidence(_ threshold: Float) -> AnyDecisionModule {
  .confidence(ConfidenceThreshold(threshold: threshold))
}

@Suite struct PolicyTests {
  @Test(arguments: [
    (Float(0.95), Verdict.accept), (0.81, .accept), (0.8099, .continue), (0.1, .continue),
  ])
  func anEarlyExitAcceptsFromItsThresholdUpwards(p1: Float, expected: Verdict) {
    let policy = Policy(exits: [
      ExitRule(module: confidence(0.81)), ExitRule(module: confidence(0.5)),
    ])
    #expect(policy.verdict(after: [observation(p1)]) == expected)
  }

  @Test(arguments: [
    (Float(0.9), Verdict.accept), (0.5, .continue), (0.3, .continue), (0.2999, .offload),
  ])
  func offloadEarlySendsAwayWhatIsTooHard(p1: Float, expected: Verdict) {
    let policy = Policy(exits: [
      ExitRule(module: confidence(0.81), offloadBelow: 0.3), ExitRule(module: confidence(0.5)),
    ])
    #expect(policy.verdict(after: [observation(p1)]) == expected)
  }

  @Test(arguments: [(Float(0.5), Verdict.accept), (0.4999, .offload)])
  func theLastExitAcceptsOrOffloads(p1: Float, expected: Verdict) {
    let policy = Policy(exits: [
      ExitRule(module: confidence(0.81)), ExitRule(module: confidence(0.5)),
    ])
    #expect(policy.verdict(after: [observation(0.1), observation(p1)]) == expected)
  }

  @Test(arguments: [
    AnyDecisionModule.acceptAll, confidence(0), .margin(MarginThreshold(threshold: -1)),
    .entropy(EntropyThreshold(threshold: -100)), .energy(EnergyThreshold(threshold: -1e30)),
    .binaryLogistic(
      BinaryLogisticRegression(bias: 9, confidenceWeight: 0, runnerUpWeight: 0, threshold: 0)),
    .logistic(
      LogisticRegression(
        features: [.confidence(exit: 1)], weights: [1], bias: 9, threshold: 0)),
  ])
  func aBrokenLocalAnswerIsOffloadedAtTheLastExitWhateverTheModule(module: AnyDecisionModule) {
    let broken = Observation(logits: ([.nan, 1, 2] as [Float]).span)
    #expect(Policy(exits: [ExitRule(module: module)]).verdict(after: [broken]) == .offload)
    let early = Policy(exits: [
      ExitRule(module: module, offloadBelow: 0), ExitRule(module: .acceptAll),
    ])
    #expect(early.verdict(after: [broken]) == .continue)
  }

  @Test func acceptAllAndAcceptNoneDoWhatTheySay() {
    #expect(Policy.onDevice.verdict(after: [observation(0.01)]) == .accept)
    let through = Policy(exits: [ExitRule(module: .acceptNone), ExitRule(module: .acceptNone)])
    #expect(through.verdict(after: [observation(1)]) == .continue)
    #expect(through.verdict(after: [observation(1), observation(1)]) == .offload)
    #expect(!Policy.remoteOnly.runsLocalModel)
  }

  @Test func everyModuleScoresASurerAnswerHigher() {
    let modules: [AnyDecisionModule] = [
      confidence(0.5), .margin(MarginThreshold(threshold: 0)),
      .entropy(EntropyThreshold(maximumEntropy: 0.5)), .energy(EnergyThreshold(threshold: 0)),
      .binaryLogistic(
        BinaryLogisticRegression(bias: -2, confidenceWeight: 4, runnerUpWeight: -1)),
    ]
    for module in modules {
      #expect(module.score([observation(0.9)]) > module.score([observation(0.4)]))
    }
  }

  @Test func settingAThresholdKeepsTheScores() {
    for var module: AnyDecisionModule in [
      confidence(0.5), .margin(MarginThreshold(threshold: 0)),
      .entropy(EntropyThreshold(threshold: 0)), .energy(EnergyThreshold(threshold: 0)),
      .binaryLogistic(BinaryLogisticRegression(bias: 0, confidenceWeight: 1, runnerUpWeight: 0)),
      .logistic(LogisticRegression(features: [.entropy(exit: 1)], weights: [2], bias: 0)),
    ] {
      let answers = [observation(0.7)]
      let before = module.score(answers)
      module.threshold = before
      #expect(module.threshold == before)
      #expect(module.score(answers) == before)
      #expect(module.accepts(answers))
      module.threshold = before.nextUp
      #expect(!module.accepts(answers))
    }
  }

  @Test func theBinaryLogisticRegressionIsTheGeneralOneOnTwoFeatures() {
    let binary = BinaryLogisticRegression(bias: -1.5, confidenceWeight: 3.25, runnerUpWeight: -2)
    let general = LogisticRegression(
      features: [.confidence(exit: 1), .runnerUp(exit: 1)], weights: [3.25, -2], bias: -1.5)
    for p1: Float in [0.2, 0.5, 0.77, 1] {
      let answers = [observation(p1)]
      #expect(abs(binary.score(answers) - general.score(answers)) < 1e-6)
    }
  }

  @Test func featuresReadTheExitThatTheyName() {
    let answers = [observation(0.4, prediction: 3), observation(0.8, prediction: 5)]
    #expect(DecisionFeature.confidence(exit: 1).value(answers) == 0.4)
    #expect(DecisionFeature.confidence(exit: 2).value(answers) == 0.8)
    #expect(DecisionFeature.agreement(exit: 1).value(answers) == 0)
    #expect(DecisionFeature.agreement(exit: 2).value(answers) == 1)
    #expect(DecisionFeature.predicted(classIndex: 5).value(answers) == 1)
    #expect(DecisionFeature.predicted(classIndex: 3).value(answers) == 0)
    #expect(DecisionFeature.entropy(exit: 3).value(answers).isNaN)
  }
}
