public import HIData
internal import HITransport

extension HierarchicalClassifier {
  /// Classifies the samples of a data set, live, in the order of `indices`.
  ///
  /// Every sample gets exactly one result at its own place, whatever order the answers come in.
  ///
  /// - Parameters:
  ///   - dataset: what is classified.
  ///   - indices: which samples; positions in the data set.
  ///   - concurrency: how many samples are under way at once; 1 measures the latency that a single
  ///     caller sees.
  ///   - answered: called once a finished sample, with its place in `indices` and its answer, by the
  ///     task that classified it, which starts no other sample before it returns.
  /// - Throws: the first error of ``classify(_:)``, after which no further sample is started.
  public func run(
    _ dataset: Dataset, indices: [Int], concurrency: Int = 1,
    answered: @escaping @Sendable (_ place: Int, _ answer: Classification) async throws -> Void = {
      _, _ in
    }
  ) async throws -> [Classification] {
    precondition(concurrency >= 1, "at least one sample is under way")
    guard concurrency > 1 else {
      return try await withTaskExecutorPreference(remote.preferredExecutor) {
        var results: [Classification] = []
        results.reserveCapacity(indices.count)
        for (place, index) in indices.enumerated() {
          try Task.checkCancellation()
          let result = try await classify(dataset.sample(at: index))
          results.append(result)
          try await answered(place, result)
        }
        return results
      }
    }
    return try await withThrowingTaskGroup(of: (Int, Classification).self) { group in
      var results = [Classification?](repeating: nil, count: indices.count)
      var next = 0
      func start() {
        guard next < indices.count else { return }
        let place = next
        next += 1
        group.addTask {
          let result = try await classify(dataset.sample(at: indices[place]))
          try await answered(place, result)
          return (place, result)
        }
      }
      for _ in 0..<concurrency { start() }
      while let (place, result) = try await group.next() {
        results[place] = result
        start()
      }
      return results.compactMap { $0 }
    }
  }
}
