import HIData
import HIPlanning
import HIReport
import HIRuntime
import HITransport
import HierarchicalInference

extension HierarchicalClassifier {
  /// Runs samples live behind a progress bar.
  func measured(
    _ strategy: Strategy, _ dataset: Dataset, _ indices: [Int], concurrency: Int = 1,
    answered: @escaping @Sendable (_ place: Int, _ answer: Classification) async throws -> Void = {
      _, _ in
    }
  ) async throws -> MeasuredRun {
    let bar = ProgressBar(strategy.rawValue, total: indices.count)
    defer { bar.finish() }
    let results = try await run(
      dataset, indices: indices, concurrency: concurrency,
      answered: { place, answer in
        bar.advance()
        try await answered(place, answer)
      })
    return MeasuredRun(
      strategy, policy, results: results, labels: indices.map { dataset.labels[$0] },
      sampleIndices: indices)
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
