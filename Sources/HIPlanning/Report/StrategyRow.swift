/// What one strategy did on a data set: the row that `hi demo`, `run`, `evaluate` and `plan` share.
public struct StrategyRow: Codable, Sendable, Equatable {
  /// `on-device`, `remote`, `hi`, `ee`, `ee-hi` or `joint`.
  public var strategy: String
  /// How many samples were classified.
  public var samples: Int
  /// Share of right answers, 0 to 1: equation (1).
  public var accuracy: Double
  /// Wilson's 95% interval of the accuracy.
  public var accuracyInterval95: Interval
  /// Equation (2)'s approximation of the accuracy; nil where no local model is run.
  public var accuracyApproximated: Double?
  /// Share of samples that were sent to the remote model.
  public var offloadFraction: Double
  /// Wilson's 95% interval of the offload fraction.
  public var offloadInterval95: Interval
  /// Latency per inference; nil where nothing prices or measures it.
  public var latency: LatencySummary?
  /// Energy per inference; nil where nothing prices or measures it.
  public var energy: EnergySummary?
  /// Shares of samples by who answered: `exit1` … for early exits, `local` for the last exit, `remote`,
  /// and `fallback` for local answers that stand in for a remote model that failed.
  public var answeredBy: [String: Double]
  /// How well accepting and offloading was decided; nil where nothing decides.
  public var decision: DecisionQuality?
  /// How many samples were answered by `fallback` for each reason: `unreachable`, `deadlineExceeded` …;
  /// nil where none was.
  public var fallbackReasons: [String: Int]?

  /// Makes a row; the intervals follow from the counts.
  public init(
    strategy: String, samples: Int, correct: Int, offloaded: Int,
    accuracyApproximated: Double? = nil, latency: LatencySummary? = nil,
    energy: EnergySummary? = nil, answeredBy: [String: Double], decision: DecisionQuality? = nil,
    fallbackReasons: [String: Int]? = nil
  ) {
    self.strategy = strategy
    self.samples = samples
    accuracy = samples == 0 ? 0 : Double(correct) / Double(samples)
    accuracyInterval95 = .wilson(successes: correct, trials: samples)
    self.accuracyApproximated = accuracyApproximated
    offloadFraction = samples == 0 ? 0 : Double(offloaded) / Double(samples)
    offloadInterval95 = .wilson(successes: offloaded, trials: samples)
    self.latency = latency
    self.energy = energy
    self.answeredBy = answeredBy
    self.decision = decision
    self.fallbackReasons = fallbackReasons
  }

  /// The `answeredBy` shares of counts.
  ///
  /// - Parameters:
  ///   - exits: how many samples each exit of the local model answered, first exit first; the last is
  ///     `local`. Empty where no local model is run.
  ///   - remote: how many the remote model answered.
  ///   - fallback: how many the local model answered because the remote model did not.
  public static func answeredBy(
    exits: [Int], remote: Int, fallback: Int = 0
  ) -> [String: Double] {
    let samples = Double(max(exits.reduce(remote + fallback, +), 1))
    var shares = ["remote": Double(remote) / samples, "fallback": Double(fallback) / samples]
    for (index, count) in exits.enumerated() {
      shares[index == exits.count - 1 ? "local" : "exit\(index + 1)"] = Double(count) / samples
    }
    if exits.isEmpty { shares["local"] = 0 }
    return shares
  }
}

/// The document that carries the rows: `{"schema": "hi/1", "dataset": …, "strategies": [rows]}`.
public struct StrategyReport: Codable, Sendable, Equatable {
  /// `hi/1`.
  public var schema: String
  /// The data set's name.
  public var dataset: String
  /// Its split; nil where it has none.
  public var split: String?
  /// One row a strategy.
  public var strategies: [StrategyRow]

  /// Makes a document of rows.
  public init(dataset: String, split: String? = nil, strategies: [StrategyRow]) {
    schema = "hi/1"
    self.dataset = dataset
    self.split = split
    self.strategies = strategies
  }
}
