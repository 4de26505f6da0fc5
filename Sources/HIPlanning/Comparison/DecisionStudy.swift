public import HITrace
internal import HierarchicalInference

/// Decision modules side by side over random halvings: each is trained on one half of a trace and judged
/// on the other by the offloads that it needs.
///
/// Every module is asked for the same accuracies, 1 to 10 points above the model's own last exit on the
/// reported half. A second look makes its decision after every sample has been looked at twice.
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
  ///   - halvings: how many random halvings, seeded from 0.
  /// - Throws: ``CalibrationError``.
  public init(_ trace: JoinedTrace, halvings: Int = 3) throws(CalibrationError) {
    var judged: [[DecisionComparison]] = []
    for seed in 0..<halvings {
      judged.append(
        try Self.judge(trace, Halves(count: trace.count, seed: UInt64(seed))))
    }
    model = trace.local.metadata.modelName
    remote = trace.remote.metadata.modelName
    self.halvings = halvings
    var rows = judged[0].indices.map { module in
      Self.row(judged.map { ($0[module], $0[0]) }, judged[0][module].name) { $0.offloadFraction }
    }
    for (name, needed) in [
      ("oracle", { $0.oracle }), ("random", { $0.random }),
    ] as [(String, (DecisionComparison.Needed) -> Double?)] {
      var row = Self.row(judged.map { ($0[0], $0[0]) }, name, needed)
      (row.f1, row.auroc, row.riskCoverageArea) = (nil, nil, nil)
      rows.append(row)
    }
    self.rows = rows
  }

  /// Every module, trained on the first half, on the second.
  private static func judge(
    _ trace: JoinedTrace, _ halves: Halves
  ) throws(CalibrationError) -> [DecisionComparison] {
    let stages = trace.local.metadata.stageCount
    let training = trace.rows(halves.first)
    let test = trace.rows(halves.second)
    let local = test.local.accuracy(exit: stages - 1)
    let accuracies = (1...10).map { local + Double($0) / 100 }
    var judged: [DecisionComparison] = []
    do {
      let own = training.firstExits(stages)
      for (name, module) in try AnyDecisionModule.candidates(trainedOn: own) {
        judged.append(
          DecisionComparison(
            name: name, module, on: test.firstExits(stages), accuracies: accuracies))
      }
      if stages < trace.exitCount {
        for (name, module) in try AnyDecisionModule.candidates(trainedOn: training)
        where name.hasPrefix("paper") || name.hasPrefix("LR all-exits,") {
          judged.append(
            DecisionComparison(
              name: "second look, \(name)", module, on: test, accuracies: accuracies))
        }
      }
    } catch { throw .training(error) }
    return judged
  }

  private static func row(
    _ judged: [(module: DecisionComparison, paper: DecisionComparison)], _ name: String,
    _ needed: (DecisionComparison.Needed) -> Double?
  ) -> Row {
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    var fractions: [Double] = []
    var savings: [Double] = []
    for (module, paper) in judged {
      let both = zip(module.needed, paper.needed).compactMap { own, paper in
        needed(own).flatMap { own in paper.offloadFraction.map { (own, $0) } }
      }
      fractions += both.map(\.0)
      savings.append(mean(both.map { 1 - $0 / $1 }) ?? .nan)
    }
    return Row(
      name: name, f1: mean(judged.compactMap(\.module.f1)),
      auroc: mean(judged.compactMap(\.module.auroc)),
      riskCoverageArea: mean(judged.compactMap(\.module.riskCoverageArea)),
      offloadFraction: mean(fractions) ?? .nan, saving: mean(savings) ?? .nan,
      savingRange: Interval(lower: savings.min() ?? .nan, upper: savings.max() ?? .nan))
  }
}
