@testable import HIPlanning
import HITrace
import HierarchicalInference
import Testing

@Suite("Our method beside the paper's")
struct MethodComparisonTests {
  private let costs = CostProfile(
    device: "d", link: "l", model: "small",
    exits: [Cost(latencyMs: 1, energyMj: 4), Cost(latencyMs: 8, energyMj: 30)],
    offload: Cost(latencyMs: 5, energyMj: 28))

  @Test func theOracleByHand() throws {
    // Right at exit 1; right at exit 2 and remote; remote alone; never.
    let trace = try joined(
      [
        [answer(0, 0.9), answer(0, 0.9)], [answer(1, 0.9), answer(0, 0.9)],
        [answer(1, 0.9), answer(1, 0.9)], [answer(1, 0.9), answer(1, 0.9)],
      ], remoteRight: [true, true, true, false])
    let half = OracleBound(accuracy: 0.5, on: trace, profile: costs)
    // Latency: going on to exit 2 adds 7, an offload 5. Energy: 26 and 28.
    #expect(half.lpiMs == 1 + 5.0 / 4)
    #expect(half.epiMj == 4 + 26.0 / 4)
    let most = OracleBound(accuracy: 0.75, on: trace, profile: costs)
    #expect(most.lpiMs == 1 + 10.0 / 4)
    #expect(OracleBound(accuracy: 1, on: trace, profile: costs).lpiMs == nil)
  }

  @Test func noMethodBeatsTheOracleAndOursIsCheaperThanThePapers() throws {
    let trace = try population(600, exits: 2, seed: 5)
    let comparison = try MethodComparison(trace, profile: costs, halvings: 3)
    #expect(comparison.halvings > 0)
    for figures in [comparison.latency, try #require(comparison.energy)] {
      #expect(figures.ours.cost < figures.paper.cost)
      #expect(figures.oracle < figures.ours.cost)
      #expect(figures.gapClosed > 0 && figures.gapClosed < 1)
      #expect(figures.savingInterval95.lower <= figures.saving)
      #expect(figures.saving <= figures.savingInterval95.upper)
      // Without a second look ours is the thresholds alone.
      #expect(figures.ours == figures.thresholds)
    }
  }

  @Test func aSecondLookIsTakenWhereItPaysAndLeftWhereItDoesNot() throws {
    let trace = try lookingTwice(population(600, exits: 3, seed: 5))
    func comparison(look: Double) throws -> MethodComparison {
      var profile = costs
      profile.exits = [1, 2, look].map { Cost(latencyMs: $0, energyMj: 0) }
      profile.offload = Cost(latencyMs: 30, energyMj: 0)
      profile.energySource = nil
      return try MethodComparison(trace, profile: profile, halvings: 3)
    }
    let cheap = try comparison(look: 2.1)
    #expect(cheap.latency.ours.cost < cheap.latency.thresholds.cost)
    #expect(cheap.energy == nil)
    let dear = try comparison(look: 800)
    #expect(dear.latency.ours == dear.latency.thresholds)
    #expect(dear.latency.paper == cheap.latency.paper)
  }

  @Test func aMarginCostsAndBringsAccuracy() throws {
    let trace = try population(600, exits: 2, seed: 5)
    let plain = try MethodComparison(trace, profile: costs, halvings: 3).latency
    let safe = try MethodComparison(trace, profile: costs, halvings: 3, margin: .fixed(0.02))
      .latency
    #expect(safe.paper == plain.paper)
    #expect(safe.ours.cost > plain.ours.cost)
    #expect(safe.ours.accuracy > plain.ours.accuracy)
  }

  /// What the folds say is a margin: ours falls less short of the required accuracy on the halves that
  /// chose nothing, and is then never dearer than the paper's on those that chose.
  @Test func foldsOfTheCalibrationHalfGiveAMargin() throws {
    let trace = try population(600, exits: 2, seed: 5)
    func comparison(_ margin: OwnMargin) throws -> MethodComparison {
      try MethodComparison(trace, profile: costs, halvings: 6, margin: margin)
    }
    let plain = try comparison(.fixed(0))
    let crossed = try comparison(.crossValidated(folds: 5))
    let generous = try comparison(.fixed(0.05))
    #expect(crossed.latency.paper == plain.latency.paper)
    #expect(plain.latency.ours.accuracy < crossed.latency.ours.accuracy)
    #expect(crossed.latency.ours.accuracy < generous.latency.ours.accuracy)
    #expect(plain.latency.ours.cost < crossed.latency.ours.cost)
  }

  @Test func aBaseTraceOfOtherSamplesIsRefused() throws {
    let trace = try population(600, exits: 2, seed: 5)
    #expect(throws: CalibrationError.otherSamples(model: "small", base: "small")) {
      try MethodComparison(trace, base: trace.rows(Array(0..<500)), profile: costs, halvings: 1)
    }
  }

  @Test func theTableSaysWhatIsMissedAndWhatIsLost() throws {
    func cell(_ model: String, saving: Double) -> CellTable.Cell {
      let method = MethodComparison.Method(cost: 2, accuracy: 0.9, offloadFraction: 0.1)
      var ours = method
      ours.cost = 2 * (1 - saving)
      let figures = MethodComparison.Figures(
        [MethodComparison.Halving(paper: method, thresholds: method, ours: ours, oracle: 1)])
      return CellTable.Cell(
        model: model, base: nil, device: "d", remote: "r",
        comparison: MethodComparison(
          halvings: 1, requiredAccuracy: 0.9, latency: figures, energy: nil))
    }
    func summary(_ savings: [Double]) throws -> CellTable.Summary {
      try #require(
        CellTable(
          dataset: "x", split: "test", samples: 4, margin: 0,
          cells: savings.map { cell("m", saving: $0) }, missing: []
        ).summaries.first)
    }
    let reached = try summary([0.1, 0.25])
    #expect(abs(reached.latencySaving - 0.175) < 1e-12)
    #expect(abs(reached.gapClosed - 0.35) < 1e-12)
    #expect(reached.statement.hasSuffix("reached."))
    let lost = try summary([0.5, -0.1])
    #expect(lost.lost == ["m on d, latency"])
    #expect(lost.statement.hasSuffix("missed (20.0%, 1 lost)."))
    #expect(try summary([0.1]).statement.contains("missed (10.0%, 0 lost)"))
  }

  @Test func percentilesLieBetweenRanks() {
    let interval = Interval.percentiles((0...40).map(Double.init).shuffled())
    #expect(interval == Interval(lower: 1, upper: 39))
    #expect(Interval.percentiles([3]) == Interval(lower: 3, upper: 3))
  }
}
