import HIPlanning
import HierarchicalInference
import Testing

@Suite("Accuracy against offload fraction")
struct DecisionCurveTests {
  /// Scores 1 to 5; the local model errs on the second and fourth, the remote model on the fifth.
  private let curve = DecisionCurve(
    scores: [1, 2, 3, 4, 5], localRight: [true, false, true, false, true],
    remoteRight: [true, true, true, true, false])

  @Test func pointsFollowTheScores() {
    #expect(curve.points.map(\.offloadFraction) == [0, 0.2, 0.4, 0.6, 0.8, 1])
    #expect(curve.points.map(\.accuracy) == [0.6, 0.6, 0.8, 0.8, 1, 0.8])
  }

  @Test func offloadsForAnAccuracy() {
    #expect(curve.offloadFraction(reaching: 0.5) == 0)
    #expect(curve.offloadFraction(reaching: 0.8) == 0.4)
    #expect(curve.offloadFraction(reaching: 1) == 0.8)
    #expect(curve.oracleOffloadFraction(reaching: 0.8) == 0.2)
    #expect(curve.oracleOffloadFraction(reaching: 1) == 0.4)
    #expect(curve.randomOffloadFraction(reaching: 0.7).map { abs($0 - 0.5) < 1e-12 } == true)
    #expect(curve.randomOffloadFraction(reaching: 0.9) == nil)
  }

  @Test func theOracleGainsFirstAndHarmsLast() {
    #expect(curve.oracleAccuracy(offloadFraction: 0.4) == 1)
    #expect(curve.oracleAccuracy(offloadFraction: 0.8) == 1)
    #expect(curve.oracleAccuracy(offloadFraction: 1) == 0.8)
  }

  @Test func equalScoresGoTogether() {
    let tied = DecisionCurve(
      scores: [1, 1, 2], localRight: [false, false, true], remoteRight: [true, true, true])
    #expect(tied.points.count == 3)
    #expect(tied.offloadFraction(reaching: 0.5) == 2.0 / 3)
  }

  @Test func scoresThatAreNoNumbersAreAlwaysOffloaded() {
    let broken = DecisionCurve(
      scores: [.nan, 1], localRight: [false, true], remoteRight: [true, true])
    #expect(broken.points.map(\.offloadFraction) == [0.5, 1])
  }

  @Test func noPointBeatsTheOracle() throws {
    let trace = try population(3000, exits: 2)
    let curve = DecisionCurve(.confidence(ConfidenceThreshold(threshold: 0)), on: trace)
    for point in curve.points {
      #expect(
        point.accuracy <= curve.oracleAccuracy(offloadFraction: point.offloadFraction) + 1e-12)
    }
  }
}
