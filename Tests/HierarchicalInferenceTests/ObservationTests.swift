import Foundation
import HIData
import Testing

@testable import HierarchicalInference

/// The same figures in double precision, by the definitions.
private struct Reference {
  var probabilities: [Double]
  var entropy: Double
  var logSumExp: Double

  init(_ logits: [Float], temperature: Double = 1) {
    let scaled = logits.map { Double($0) / temperature }
    let highest = scaled.max() ?? 0
    let exponentials = scaled.map { Foundation.exp($0 - highest) }
    let total = exponentials.reduce(0, +)
    probabilities = exponentials.map { $0 / total }
    entropy = -probabilities.reduce(0) { $1 > 0 ? $0 + $1 * Foundation.log($1) : $0 }
    logSumExp = highest + Foundation.log(total)
  }
}

@Suite struct ObservationTests {
  @Test(arguments: [1, 2, 3, 7, 8, 9, 10, 16, 100, 1000, 1001])
  func agreesWithDoublePrecisionOnRandomLogits(classes: Int) {
    var generator = SeededGenerator(seed: UInt64(classes))
    for spread: Float in [0.01, 1, 10, 60] {
      for temperature: Float in [1, 0.5, 3] {
        let logits = (0..<classes).map { _ in
          Float.random(in: -spread...spread, using: &generator)
        }
        let observation = Observation(logits: logits.span, temperature: temperature)
        let reference = Reference(logits, temperature: Double(temperature))
        let sorted = reference.probabilities.sorted(by: >)
        #expect(
          observation.prediction == logits.indices.max { logits[$0] < logits[$1] })
        #expect(abs(Double(observation.confidence) - sorted[0]) < 2e-6)
        #expect(abs(Double(observation.runnerUp) - (classes > 1 ? sorted[1] : 0)) < 2e-6)
        #expect(abs(Double(observation.entropy) - reference.entropy) < 2e-5)
        #expect(
          abs(Double(observation.logSumExp) - reference.logSumExp) < 1e-5
            * max(1, abs(reference.logSumExp)))
      }
    }
  }

  @Test func twoClassesAreTheLogisticFunction() {
    let logits: [Float] = [1.25, -0.5]
    let observation = Observation(logits: logits.span)
    #expect(abs(observation.confidence - 1 / (1 + Float(Foundation.exp(-1.75)))) < 1e-6)
  }

  @Test(arguments: [2, 10, 1000])
  func equalLogitsAreUniform(classes: Int) {
    let logits = [Float](repeating: 3, count: classes)
    let observation = Observation(logits: logits.span)
    #expect(observation.prediction == 0)
    #expect(abs(observation.confidence - 1 / Float(classes)) < 1e-7)
    #expect(observation.runnerUp == observation.confidence)
    #expect(abs(observation.entropy - Float(Foundation.log(Double(classes)))) < 1e-5)
    #expect(observation.margin == 0)
  }

  @Test(arguments: [(0, 1), (0, 9), (3, 7), (8, 9)])
  func twoEqualHighestAreBothTakenAndTheLowerClassPredicted(first: Int, second: Int) {
    var logits = [Float](repeating: -1, count: 10)
    logits[first] = 2
    logits[second] = 2
    let observation = Observation(logits: logits.span)
    #expect(observation.prediction == first)
    #expect(observation.runnerUp == observation.confidence)
  }

  @Test func shiftingAllLogitsChangesNothingButLogSumExp() {
    let logits: [Float] = [0.5, -2, 1.5, 0.25]
    let shifted = logits.map { $0 + 64 }
    let a = Observation(logits: logits.span)
    let b = Observation(logits: shifted.span)
    #expect(abs(a.confidence - b.confidence) < 1e-5)
    #expect(abs(a.entropy - b.entropy) < 1e-5)
    #expect(abs(b.logSumExp - a.logSumExp - 64) < 1e-4)
  }

  @Test func hugeLogitsDoNotOverflow() {
    let logits: [Float] = [3e38, -3e38, 0]
    let observation = Observation(logits: logits.span)
    #expect(observation.prediction == 0)
    #expect(observation.confidence == 1)
    #expect(observation.entropy == 0)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func aBrokenLogitMakesEveryFigureNaN(value: Float) {
    for position in [0, 4, 9] {
      var logits: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
      logits[position] = value
      let observation = Observation(logits: logits.span)
      #expect(!observation.isValid)
      #expect(
        observation.runnerUp.isNaN && observation.entropy.isNaN && observation.logSumExp.isNaN)
    }
  }

  @Test func probabilitiesGiveTheSameFiguresAsTheirLogits() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      let logits = (0..<10).map { _ in Float.random(in: -6...6, using: &generator) }
      var probabilities = logits
      var span = probabilities.mutableSpan
      softmax(logits.span, into: &span)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-6)
      let fromLogits = Observation(logits: logits.span)
      let fromProbabilities = Observation(probabilities: probabilities.span)
      #expect(fromProbabilities.prediction == fromLogits.prediction)
      #expect(abs(fromProbabilities.confidence - fromLogits.confidence) < 1e-6)
      #expect(abs(fromProbabilities.runnerUp - fromLogits.runnerUp) < 1e-6)
      #expect(abs(fromProbabilities.entropy - fromLogits.entropy) < 1e-5)
      #expect(fromProbabilities.logSumExp.isNaN)
    }
  }
}
