import Foundation
import HIPlanning
import HITrace
import HierarchicalInference
import Testing

@Suite("Temperatures and richer decision modules")
struct DecisionTrainingTests {
  /// Two-class answers whose logit difference is always 2, right with a given frequency.
  private func constant(right: Int, of samples: Int) throws -> Trace {
    let logits: [Float] = [2, 0]
    return try Trace(
      metadata: metadata("m", classes: 2),
      labels: (0..<samples).map { $0 < right ? 0 : 1 }, sampleIndices: Array(0..<samples),
      observations: (0..<samples).map { _ in Observation(logits: logits.span) },
      logits: (0..<samples).flatMap { _ in logits })
  }

  @Test(arguments: [(60, 0.6), (90, 0.9), (75, 0.75)])
  func theTemperatureMakesConfidenceAFrequency(right: Int, frequency: Double) throws {
    let trace = try constant(right: right, of: 100)
    let temperature = try TemperatureScaling.fit(trace, exit: 0)
    // sigmoid(2 / T) = frequency, so T = 2 / logit(frequency).
    let expected = 2 / log(frequency / (1 - frequency))
    #expect(abs(Double(temperature) - expected) < 1e-4 * expected)
    let scaled = try trace.observed(temperatures: [temperature])
    #expect(abs(Double(scaled.observations[0].confidence) - frequency) < 1e-4)
  }

  @Test func alwaysRightGivesABoundedTemperature() throws {
    let temperature = try TemperatureScaling.fit(try constant(right: 50, of: 50), exit: 0)
    #expect(temperature >= 0.009 && temperature < 1)
  }

  @Test func agreementOfExitsHelps() throws {
    let train = try population(1500, exits: 3, seed: 11)
    let test = try population(3000, exits: 3, seed: 12)
    let training = LogisticRegressionTraining()
    let paper = DecisionComparison(
      name: "paper", .binaryLogistic(try training.binaryLogistic(train.local)), on: test)
    let richer = DecisionComparison(
      name: "all", .logistic(try training.decision(train, features: .allExits)), on: test)
    let a = try #require(paper.auroc)
    let b = try #require(richer.auroc)
    #expect(b > a + 0.02)
    let area = try #require(paper.riskCoverageArea)
    #expect(try #require(richer.riskCoverageArea) < area)
  }

  @Test func offloadingWhatIsGainedLeavesAloneWhatTheRemoteModelCannotDo() throws {
    // On class 1 nobody is ever right; on class 2 only the remote model is.
    var rows: [[Observation]] = []
    var remote: [Bool] = []
    for index in 0..<300 {
      switch index % 3 {
      case 0:
        rows.append([answer(0, 0.8)])
        remote.append(true)
      case 1:
        rows.append([answer(1, 0.5)])
        remote.append(false)
      default:
        rows.append([answer(2, 0.5)])
        remote.append(true)
      }
    }
    let trace = try joined(rows, remoteRight: remote)
    let training = LogisticRegressionTraining(inverseRegularization: 100)
    let gains = try training.decision(
      trace, features: .allExitsAndClass, target: .remoteGains)
    let right = try training.decision(trace, features: .allExitsAndClass, target: .localRight)
    func score(_ module: LogisticRegression, _ sample: Int) -> Float {
      module.score(trace.local.answers(sample).span)
    }
    #expect(score(gains, 2) < 0.5)
    #expect(score(gains, 1) > 0.5)
    #expect(score(right, 1) < 0.5)
  }

  @Test func everyKindIsComparedBesideOracleAndRandom() throws {
    let train = try population(600, exits: 2, seed: 21)
    let test = try population(600, exits: 2, seed: 22)
    for candidate in try AnyDecisionModule.candidates(trainedOn: train) {
      let comparison = DecisionComparison(
        name: candidate.name, candidate.module, on: test,
        accuracies: [0.01, 0.05].map { test.local.accuracy(exit: 1) + $0 })
      for needed in comparison.needed {
        let ours = try #require(needed.offloadFraction)
        let oracle = try #require(needed.oracle)
        #expect(oracle <= ours)
      }
    }
  }
}
