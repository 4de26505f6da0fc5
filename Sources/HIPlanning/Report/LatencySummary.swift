/// Mean and percentiles of latencies in milliseconds.
public struct LatencySummary: Codable, Sendable, Equatable {
  /// The mean: the LPI.
  public var meanMs: Double
  /// The median.
  public var p50Ms: Double
  /// What nine in ten samples do not exceed.
  public var p90Ms: Double
  /// What 99 in 100 samples do not exceed.
  public var p99Ms: Double
  /// Where the figures come from; nil where nobody says.
  public var source: FigureSource?

  /// Makes a summary of known figures.
  public init(
    meanMs: Double, p50Ms: Double, p90Ms: Double, p99Ms: Double, source: FigureSource? = nil
  ) {
    self.meanMs = meanMs
    self.p50Ms = p50Ms
    self.p90Ms = p90Ms
    self.p99Ms = p99Ms
    self.source = source
  }

  /// Summarises latencies; percentiles by the nearest rank: the least value that at least that share
  /// of the values does not exceed.
  ///
  /// - Parameters:
  ///   - latenciesMs: one a sample, in any order; for none, all figures are 0.
  ///   - source: whether they were measured, telemetry or modelled; nil where it goes without saying.
  /// - Complexity: O(n log n).
  public init(latenciesMs: [Double], source: FigureSource? = nil) {
    let sorted = latenciesMs.sorted()
    func percentile(_ percent: Int) -> Double {
      guard !sorted.isEmpty else { return 0 }
      let rank = (percent * sorted.count + 99) / 100
      return sorted[max(rank, 1) - 1]
    }
    self.init(
      meanMs: sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count),
      p50Ms: percentile(50), p90Ms: percentile(90), p99Ms: percentile(99), source: source)
  }
}

/// Energy per inference in millijoules and where the figure comes from.
public struct EnergySummary: Codable, Sendable, Equatable {
  /// The mean: the EPI.
  public var meanMj: Double
  /// Where the figure comes from.
  public var source: FigureSource

  /// Makes a summary.
  public init(meanMj: Double, source: FigureSource) {
    self.meanMj = meanMj
    self.source = source
  }
}
