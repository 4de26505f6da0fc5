public import HIPlanning
public import HIRuntime
public import HierarchicalInference

/// A strategy that was run live, sample by sample.
public struct MeasuredRun: Sendable {
  /// The strategy.
  public let strategy: Strategy
  /// Its rules.
  public let policy: Policy
  /// One result a sample.
  public let results: [Classification]
  /// The true classes, in the same order.
  public let labels: [Int]
  /// The samples' positions in the split, in the same order.
  public let sampleIndices: [Int]
  /// The run's figures.
  public let row: StrategyRow

  /// Makes a run of its results.
  ///
  /// - Precondition: as many labels and positions as results.
  public init(
    _ strategy: Strategy, _ policy: Policy, results: [Classification], labels: [Int],
    sampleIndices: [Int]
  ) {
    precondition(results.count == labels.count && results.count == sampleIndices.count)
    self.strategy = strategy
    self.policy = policy
    self.results = results
    self.labels = labels
    self.sampleIndices = sampleIndices
    row = StrategyRow(
      strategy: strategy.rawValue, results: results, labels: labels,
      exitCount: policy.exits.count)
  }
}
