import HIPlanning
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
    for figures in [comparison.latency, comparison.energy] {
      #expect(figures.ours < figures.paper)
      #expect(figures.oracle < figures.ours)
      #expect(figures.gapClosed > 0 && figures.gapClosed < 1)
    }
  }
}
