import HIPlanning
import HITrace
import HierarchicalInference
import Testing

@Suite("Training of the logistic regression")
struct LogisticRegressionTrainingTests {
  @Test(arguments: Reference.shared.logistic)
  func coefficientsAreScikitLearns(_ reference: Reference.Logistic) throws {
    let fitted = try LogisticRegressionTraining(
      inverseRegularization: reference.inverseRegularization
    ).fit(
      features: reference.features.flatMap { $0 }, featureCount: reference.weights.count,
      targets: reference.targets, sampleWeights: reference.sampleWeights)
    #expect(abs(fitted.intercept - reference.intercept) < 1e-4)
    for (ours, theirs) in zip(fitted.weights, reference.weights) {
      #expect(abs(ours - theirs) < 1e-4)
    }
  }

  @Test func aTraceGivesThePapersModule() throws {
    let reference = Reference.shared.logistic[0]
    let trace = try Trace(
      metadata: metadata("m"), labels: reference.targets.map { _ in 0 },
      sampleIndices: Array(reference.targets.indices),
      observations: zip(reference.features, reference.targets).map { features, right in
        .init(
          prediction: right ? 0 : 1, confidence: Float(features[0]), runnerUp: Float(features[1]),
          entropy: 0, logSumExp: 0)
      })
    let module = try LogisticRegressionTraining().binaryLogistic(trace)
    #expect(abs(Double(module.bias) - reference.intercept) < 1e-4)
    #expect(abs(Double(module.confidenceWeight) - reference.weights[0]) < 1e-4)
    #expect(abs(Double(module.runnerUpWeight) - reference.weights[1]) < 1e-4)
    #expect(module.threshold == 0.5)
  }

  @Test(arguments: [true, false])
  func oneClassSaysWhatIsPossible(allRight: Bool) throws {
    let error = #expect(throws: TrainingError.self) {
      try LogisticRegressionTraining().fit(
        features: [0.1, 0.2, 0.3], featureCount: 1, targets: [allRight, allRight, allRight])
    }
    #expect(error == .oneClass(allPositive: allRight, samples: 3))
    #expect(error?.description.contains(allRight ? "on-device" : "remote") == true)
  }

  @Test func weightlessSamplesAreNoClass() {
    #expect(throws: TrainingError.oneClass(allPositive: true, samples: 1)) {
      try LogisticRegressionTraining().fit(
        features: [0.1, 0.2], featureCount: 1, targets: [true, false], sampleWeights: [1, 0])
    }
  }

  @Test(arguments: [Double.nan, .infinity])
  func featuresThatAreNoNumbersAreRefused(_ value: Double) {
    #expect(throws: TrainingError.notFinite(sample: 1, feature: 0)) {
      try LogisticRegressionTraining().fit(
        features: [0.1, 0.2, value, 0.3], featureCount: 2, targets: [true, false])
    }
  }

  @Test func nothingCannotBeLearntFrom() {
    #expect(throws: TrainingError.noSamples) {
      try LogisticRegressionTraining().fit(features: [], featureCount: 2, targets: [])
    }
  }

  @Test func repeatedFeaturesShareTheirWeight() throws {
    let features = Reference.shared.logistic[0].features
    let targets = Reference.shared.logistic[0].targets
    let twice = try LogisticRegressionTraining().fit(
      features: features.flatMap { [$0[0], $0[0]] }, featureCount: 2, targets: targets)
    #expect(abs(twice.weights[0] - twice.weights[1]) < 1e-9)
  }
}
