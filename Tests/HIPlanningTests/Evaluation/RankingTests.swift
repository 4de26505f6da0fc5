import HIPlanning
import Testing

@Suite("Ranking quality")
struct RankingTests {
  @Test func areaUnderROCIsScikitLearns() throws {
    let reference = Reference.shared.ranking
    let area = try #require(
      Ranking.areaUnderROC(scores: reference.scores, isRight: reference.isRight))
    #expect(abs(area - reference.areaUnderROC) < 1e-12)
  }

  @Test func areaUnderROCOfSimpleCases() {
    #expect(Ranking.areaUnderROC(scores: [1, 2, 3], isRight: [false, true, true]) == 1)
    #expect(Ranking.areaUnderROC(scores: [3, 1, 2], isRight: [false, true, true]) == 0)
    #expect(Ranking.areaUnderROC(scores: [5, 5, 5], isRight: [false, true, true]) == 0.5)
    #expect(Ranking.areaUnderROC(scores: [.nan, 1], isRight: [false, true]) == 1)
    #expect(Ranking.areaUnderROC(scores: [0.0, -0.0], isRight: [false, true]) == 0.5)
    #expect(Ranking.areaUnderROC(scores: [1, 2], isRight: [true, true]) == nil)
  }

  @Test func riskCoverageAreaByHand() throws {
    // Surest first: right, wrong, right. Risks 0, 1/2, 1/3.
    let area = try #require(
      Ranking.riskCoverageArea(scores: [0.9, 0.8, 0.7], isRight: [true, false, true]))
    #expect(abs(area - (0 + 0.5 + 1.0 / 3) / 3) < 1e-15)
    // Equal scores: every prefix has the overall error rate.
    let tied = try #require(
      Ranking.riskCoverageArea(scores: [1, 1, 1, 1], isRight: [true, false, true, true]))
    #expect(abs(tied - 0.25) < 1e-15)
  }

  @Test(arguments: Reference.shared.wilson)
  func wilsonIntervalIsSciPys(_ reference: Reference.Wilson) {
    let interval = Interval.wilson(successes: reference.successes, trials: reference.trials)
    #expect(abs(interval.lower - reference.interval[0]) < 1e-9)
    #expect(abs(interval.upper - reference.interval[1]) < 1e-9)
  }

  @Test func percentilesAreNearestRanks() {
    let summary = LatencySummary(latenciesMs: (1...100).reversed().map(Double.init))
    #expect(summary.meanMs == 50.5)
    #expect(summary.p50Ms == 50)
    #expect(summary.p90Ms == 90)
    #expect(summary.p99Ms == 99)
  }
}
