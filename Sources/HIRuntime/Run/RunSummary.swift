internal import HIData
internal import HITransport
public import HIPlanning
internal import HierarchicalInference

extension StrategyRow {
  /// What a live run did, as a row of a report. Latencies are measured; no meter means no energy.
  ///
  /// - Parameters:
  ///   - strategy: the strategy that the classifier's policy stands for.
  ///   - results: one a sample.
  ///   - labels: the true classes, in the same order.
  ///   - exitCount: how many exits the local model has; 0 where no local model was to be run.
  public init(
    strategy: String, results: [Classification], labels: [Int], exitCount: Int
  ) {
    precondition(results.count == labels.count, "one label a result")
    var correct = 0
    var offloaded = 0
    var accepted = [Int](repeating: 0, count: exitCount)
    var remote = 0
    var fallback = 0
    var fallbackReasons: [String: Int] = [:]
    var rightAccepted = 0
    var wrongAccepted = 0
    var rightOffloaded = 0
    for (result, label) in zip(results, labels) {
      if result.prediction == label { correct += 1 }
      switch result.answeredBy {
      case .earlyExit(let exit): accepted[exit - 1] += 1
      case .local: accepted[exitCount - 1] += 1
      case .remote: remote += 1
      case .fallback: fallback += 1
      }
      let localIsRight =
        result.localAnswers.last.map { $0.isValid && $0.prediction == label } ?? false
      switch (result.wasOffloaded, localIsRight) {
      case (false, true): rightAccepted += 1
      case (false, false): wrongAccepted += 1
      case (true, true): rightOffloaded += 1
      case (true, false): break
      }
      if result.wasOffloaded { offloaded += 1 }
      if case .offloadFailed(let error) = result.reason {
        fallbackReasons[error.reason, default: 0] += 1
      }
    }
    self.init(
      strategy: strategy, samples: results.count, correct: correct, offloaded: offloaded,
      latency: LatencySummary(
        latenciesMs: results.map { $0.latency.total / .milliseconds(1) }, source: .measured),
      answeredBy: StrategyRow.answeredBy(exits: accepted, remote: remote, fallback: fallback),
      decision: exitCount == 0 || offloaded == 0 || offloaded == results.count
        ? nil
        : DecisionQuality(
          rightAccepted: rightAccepted, wrongAccepted: wrongAccepted,
          rightOffloaded: rightOffloaded, samples: results.count),
      fallbackReasons: fallbackReasons.isEmpty ? nil : fallbackReasons)
  }
}
