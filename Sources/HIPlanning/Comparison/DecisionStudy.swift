public import HITrace

/// Decision modules side by side over random halvings: each is trained on one half of a trace and judged
/// on the other by the offloads that it needs.
///
/// Every module is asked for the same accuracies, 1 to 10 points above the model's own last exit on the
/// reported half. A second look is made at every sample, or at the least sure of them.
public struct DecisionStudy: Codable, Sendable, Equatable {
  /// One module: means over the halvings.
  public struct Row: Codable, Sendable, Equatable {
    /// What the module is called.
    public var name: String
    /// F1 at the module's own threshold; nil where it has none to speak of.
    public var f1: Double?
    /// Area under the receiver operating characteristic for "local answer right".
    public var auroc: Double?
    /// Area under the risk-coverage curve.
    public var riskCoverageArea: Double?
    /// Share of samples offloaded, averaged over the accuracies that the remote model can give.
    public var offloadFraction: Double
    /// How much fewer offloads than the paper's module, averaged over those accuracies.
    public var saving: Double
    /// The least and the most saving of a halving.
    public var savingRange: Interval
    /// Local inferences a sample beside the first one: what a second look costs.
    public var extraInferences: Double
  }

  /// `hi.decisions/1`.
  public var schema = "hi.decisions/1"
  /// The local model.
  public var model: String
  /// The remote model.
  public var remote: String
  /// How many halvings.
  public var halvings: Int
  /// The modules, the paper's first; the oracle and random offloading last.
  public var rows: [Row]

  /// Compares the modules.
  ///
  /// - Parameters:
  ///   - trace: with or without a second look.
  ///   - untuned: the same samples answered by the model from which this one was tuned. Accuracies are
  ///     then asked for, and savings counted, from that model with the paper's module on; nil for the
  ///     model itself.
  ///   - halvings: how many random halvings, seeded from 0.
  /// - Throws: ``CalibrationError``.
  public init(
    _ trace: JoinedTrace, tunedFrom untuned: JoinedTrace? = nil, halvings: Int = 3
  ) throws(CalibrationError) {
    let reference = untuned ?? trace
    guard reference.local.sampleIndices == trace.local.sampleIndices else {
      throw .otherSamples(
        model: trace.local.metadata.modelName, base: reference.local.metadata.modelName)
    }
    var judged: [(entrants: [DecisionEntrant], paper: DecisionComparison)] = []
    for seed in 0..<halvings {
      let halves = Halves(count: trace.count, seed: UInt64(seed))
      let entrants = DecisionEntrants(reference, halves)
      let accuracies = entrants.accuracies
      judged.append(
        (
          try DecisionEntrants(trace, halves).all(accuracies), try entrants.paper(accuracies)
        ))
    }
    model = trace.local.metadata.modelName
    remote = trace.remote.metadata.modelName
    self.halvings = halvings
    rows = judged[0].entrants.indices.map { module in
      Row(judged.map { ($0.entrants[module], $0.paper) }) { $0.offloadFraction }
    }
    for (name, needed) in [
      ("oracle", { $0.oracle }), ("random", { $0.random }),
    ] as [(String, (DecisionComparison.Needed) -> Double?)] {
      var row = Row(judged.map { ($0.entrants[0], $0.paper) }, needed)
      row.name = name
      (row.f1, row.auroc, row.riskCoverageArea) = (nil, nil, nil)
      rows.append(row)
    }
  }
}

extension DecisionStudy.Row {
  /// The means of one module's figures, each halving's beside the paper's of the same halving.
  fileprivate init(
    _ judged: [(module: DecisionEntrant, paper: DecisionComparison)],
    _ needed: (DecisionComparison.Needed) -> Double?
  ) {
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    var fractions: [Double] = []
    var savings: [Double] = []
    for (module, paper) in judged {
      let both = zip(module.comparison.needed, paper.needed).compactMap { own, paper in
        needed(own).flatMap { own in paper.offloadFraction.map { (own, $0) } }
      }
      fractions += both.map(\.0)
      savings.append(mean(both.map { 1 - $0 / $1 }) ?? .nan)
    }
    name = judged[0].module.comparison.name
    f1 = mean(judged.compactMap(\.module.comparison.f1))
    auroc = mean(judged.compactMap(\.module.comparison.auroc))
    riskCoverageArea = mean(judged.compactMap(\.module.comparison.riskCoverageArea))
    offloadFraction = mean(fractions) ?? .nan
    saving = mean(savings) ?? .nan
    savingRange = Interval(lower: savings.min() ?? .nan, upper: savings.max() ?? .nan)
    extraInferences = mean(judged.map(\.module.extraInferences)) ?? 0
  }
}
