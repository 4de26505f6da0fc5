public import HITrace

/// Decision modules over several trainings of one network, which differ in their seeds.
///
/// What another training would give is told by the seeds alone: halvings of one model's answers share
/// their samples and their model. So a module's saving is first averaged over the halvings of each seed,
/// and the interval is Student's of those means.
public struct SeedStudy: Codable, Sendable, Equatable {
  /// Traces of one network trained in one way, one a seed, in the order of the seeds.
  public struct Training: Sendable {
    /// How it was trained, as tables call it: a loss.
    public var name: String
    /// One trace a seed.
    public var traces: [JoinedTrace]

    /// Names traces.
    public init(name: String, traces: [JoinedTrace]) {
      self.name = name
      self.traces = traces
    }
  }

  /// One module of models trained in one way.
  public struct Row: Codable, Sendable, Equatable {
    /// How the models were tuned; nil for the models as they were trained at first.
    public var tuning: String?
    /// What the module is called.
    public var name: String
    /// Mean F1 at the module's own threshold; nil where it has none to speak of.
    public var f1: Double?
    /// Mean of the areas under the receiver operating characteristic; nil where it has none.
    public var auroc: Double?
    /// Mean of the areas under the risk-coverage curve.
    public var riskCoverageArea: Double?
    /// Mean share of samples offloaded.
    public var offloadFraction: Double
    /// Mean saving in offloads beside the paper's module on the untuned model of the same seed.
    public var saving: Double
    /// Student's 95% interval of that mean over the seeds; nil for a single seed.
    public var savingInterval95: Interval?
    /// The saving of each seed, the mean of its halvings.
    public var savings: [Double]
    /// The least and the most saving of any halving of any seed.
    public var halvingRange: Interval
    /// Local inferences a sample beside the first one: what a second look costs.
    public var extraInferences: Double
  }

  /// How right the last exit is, without a second look.
  public struct Accuracy: Codable, Sendable, Equatable {
    /// How the models were tuned; nil for the models as they were trained at first.
    public var tuning: String?
    /// One a seed, over all samples.
    public var lastExit: [Double]
  }

  /// `hi.decision-seeds/1`.
  public var schema = "hi.decision-seeds/1"
  /// The untuned models, one a seed.
  public var models: [String]
  /// The remote model.
  public var remote: String
  /// How many samples a model answered.
  public var samples: Int
  /// How many halvings a seed.
  public var halvings: Int
  /// The accuracy of each way of training.
  public var accuracies: [Accuracy]
  /// The modules on the untuned models, then on the tuned ones.
  public var rows: [Row]

  /// Compares the modules.
  ///
  /// - Parameters:
  ///   - untuned: answers of the models as first trained, one a seed.
  ///   - tuned: the same models tuned in one way each, in the order of the same seeds.
  ///   - halvings: how many random halvings of each, seeded from 0.
  ///   - progress: called after each halving of each model.
  /// - Throws: ``CalibrationError``; also where the traces do not hold the same samples and exits.
  public init(
    untuned: [JoinedTrace], tuned: [Training] = [], halvings: Int = 20,
    progress: () -> Void = {}
  ) throws(CalibrationError) {
    precondition(!untuned.isEmpty, "a study needs a model")
    let first = untuned[0].local
    for training in tuned where training.traces.count != untuned.count {
      throw .unevenSeeds(
        tuning: training.name, found: training.traces.count, expected: untuned.count)
    }
    for trace in untuned.map(\.local) + tuned.flatMap({ $0.traces.map(\.local) }) {
      guard trace.sampleIndices == first.sampleIndices else {
        throw .otherSamples(model: trace.metadata.modelName, base: first.metadata.modelName)
      }
      guard trace.exitCount == first.exitCount,
        trace.metadata.stageCount == first.metadata.stageCount, trace.hasLogits == first.hasLogits
      else {
        throw .otherExits(model: trace.metadata.modelName, than: first.metadata.modelName)
      }
    }
    models = untuned.map(\.local.metadata.modelName)
    remote = untuned[0].remote.metadata.modelName
    samples = first.count
    self.halvings = halvings
    accuracies = []
    rows = []
    let trainings = [(name: String?.none, traces: untuned)] + tuned.map { ($0.name, $0.traces) }
    for (tuning, traces) in trainings {
      var studies: [DecisionStudy] = []
      for (trace, reference) in zip(traces, untuned) {
        studies.append(try DecisionStudy(trace, tunedFrom: reference, halvings: halvings))
        progress()
      }
      accuracies.append(
        Accuracy(
          tuning: tuning,
          lastExit: traces.map { $0.local.accuracy(exit: $0.local.metadata.stageCount - 1) }))
      rows += studies[0].rows.indices.map { row in
        Row(tuning: tuning, studies.map { $0.rows[row] })
      }
    }
  }
}

extension SeedStudy.Row {
  init(tuning: String?, _ seeds: [DecisionStudy.Row]) {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    self.tuning = tuning
    name = seeds[0].name
    f1 = seeds[0].f1 == nil ? nil : mean(seeds.compactMap(\.f1))
    auroc = seeds[0].auroc == nil ? nil : mean(seeds.compactMap(\.auroc))
    riskCoverageArea =
      seeds[0].riskCoverageArea == nil ? nil : mean(seeds.compactMap(\.riskCoverageArea))
    offloadFraction = mean(seeds.map(\.offloadFraction))
    savings = seeds.map(\.saving)
    saving = mean(savings)
    savingInterval95 = .student(savings)
    halvingRange = Interval(
      lower: seeds.map(\.savingRange.lower).min() ?? .nan,
      upper: seeds.map(\.savingRange.upper).max() ?? .nan)
    extraInferences = mean(seeds.map(\.extraInferences))
  }
}
