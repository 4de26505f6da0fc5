public import HIPlanning
internal import HIRuntime

/// A strategy's figures with the intervals of its means.
public struct StrategyResult: Sendable, Equatable {
  /// What it is called: the strategy, and the model where there are several.
  public var name: String
  /// The figures.
  public var row: StrategyRow
  /// The 95% interval of the LPI in ms; nil where it is not known.
  public var lpiInterval95: Interval?
  /// The 95% interval of the EPI in mJ; nil where it is not known.
  public var epiInterval95: Interval?

  /// Makes a result of known figures.
  public init(
    name: String? = nil, row: StrategyRow, lpiInterval95: Interval? = nil,
    epiInterval95: Interval? = nil
  ) {
    self.name = name ?? row.strategy
    self.row = row
    self.lpiInterval95 = lpiInterval95
    self.epiInterval95 = epiInterval95
  }

  /// What an evaluation gives.
  public init(_ candidate: Candidate) {
    let evaluation = candidate.evaluation
    self.init(
      row: evaluation.row(strategy: candidate.strategy.rawValue),
      lpiInterval95: evaluation.costs?.lpiInterval,
      epiInterval95: evaluation.epiMj == nil ? nil : evaluation.costs?.epiInterval)
  }

  /// What a live run gave.
  public init(_ run: MeasuredRun) {
    let latencies = run.results.map { $0.latency.total / .milliseconds(1) }
    let mean = latencies.isEmpty ? 0 : latencies.reduce(0, +) / Double(latencies.count)
    self.init(
      row: run.row,
      lpiInterval95: .mean(
        mean, sumOfSquares: latencies.reduce(0) { $0 + $1 * $1 }, count: latencies.count))
  }

  /// Whether the strategy offloads some samples and keeps others.
  var isHierarchical: Bool { row.offloadFraction > 0 && row.offloadFraction < 1 }
}
