internal import HierarchicalInference

/// Equations (3) and (4): latency and energy per inference under a profile.
///
/// Generalised to exits as in the paper's section 3.4.3: a sample costs the local model up to the exit
/// where it stopped, a decision for each rule that looked at it, and an offload where it was sent away.
public struct EvaluatedCosts: Sendable, Equatable {
  /// LPI and EPI.
  public let mean: Cost
  /// The normal 95% interval of the LPI, over samples.
  public let lpiInterval: Interval
  /// The normal 95% interval of the EPI, over samples.
  public let epiInterval: Interval
  /// Mean and percentiles of the latency.
  public let latency: LatencySummary
  /// Where the energies come from; nil where they are not known.
  public let energySource: FigureSource?

  init(_ policy: Policy, _ tally: OutcomeTally, _ profile: CostProfile) {
    var ends: [(count: Int, cost: Cost)] = []
    for exit in policy.exits.indices {
      for (count, isOffloaded) in [
        (tally.acceptedAt[exit], false), (tally.offloadedAt[exit], true),
      ] where count > 0 {
        let settlement = Settlement(exit: exit, isOffloaded: isOffloaded)
        ends.append((count, policy.cost(settlement, profile)))
      }
    }
    if tally.straightToRemote > 0 { ends.append((tally.straightToRemote, profile.offload)) }
    let samples = ends.reduce(0) { $0 + $1.count }
    let share = 1 / Double(samples)
    mean = ends.reduce(.zero) { $0 + Double($1.count) * share * $1.cost }
    lpiInterval = .mean(
      mean.latencyMs,
      sumOfSquares: ends.reduce(0) {
        $0 + Double($1.count) * $1.cost.latencyMs * $1.cost.latencyMs
      }, count: samples)
    epiInterval = .mean(
      mean.energyMj,
      sumOfSquares: ends.reduce(0) { $0 + Double($1.count) * $1.cost.energyMj * $1.cost.energyMj },
      count: samples)
    latency = Self.summary(ends.map { ($0.count, $0.cost.latencyMs) }, mean, profile)
    energySource = profile.energySource
  }

  /// Percentiles of a handful of distinct latencies, without writing out one a sample.
  private static func summary(
    _ latencies: [(count: Int, latencyMs: Double)], _ mean: Cost, _ profile: CostProfile
  ) -> LatencySummary {
    let sorted = latencies.sorted { $0.latencyMs < $1.latencyMs }
    let samples = sorted.reduce(0) { $0 + $1.count }
    func percentile(_ percent: Int) -> Double {
      var rank = max((percent * samples + 99) / 100, 1)
      for (count, latencyMs) in sorted {
        if rank <= count { return latencyMs }
        rank -= count
      }
      return sorted.last?.latencyMs ?? 0
    }
    return LatencySummary(
      meanMs: mean.latencyMs, p50Ms: percentile(50), p90Ms: percentile(90),
      p99Ms: percentile(99), source: profile.latencySource)
  }
}
