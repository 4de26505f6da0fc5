import HIData
import HIPlanning
import HIRuntime
import HITransport
import HierarchicalInference

extension HierarchicalClassifier {
  /// Runs samples live behind a progress bar and sums them up as a row.
  func row(
    _ strategy: Strategy, _ dataset: Dataset, _ indices: [Int], concurrency: Int = 1
  ) async throws -> StrategyRow {
    let bar = ProgressBar(strategy.rawValue, total: indices.count)
    defer { bar.finish() }
    let results = try await run(
      dataset, indices: indices, concurrency: concurrency, progress: { bar.advance() })
    return StrategyRow(
      strategy: strategy.rawValue, results: results, labels: indices.map { dataset.labels[$0] },
      exitCount: policy.exits.count)
  }
}

extension Dataset {
  /// The positions of so many samples, drawn without replacement by a seed, in ascending order; all of
  /// them for nil or more than there are.
  func selection(of samples: Int?, seed: UInt64) -> [Int] {
    guard let samples, samples < count else { return Array(0..<count) }
    var generator = SeededGenerator(seed: seed)
    return (0..<count).shuffled(using: &generator).prefix(samples).sorted()
  }
}
