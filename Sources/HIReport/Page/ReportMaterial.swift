public import HIData
public import HIPlanning
internal import HierarchicalInference

/// All that a report can be made of; what is missing leaves its figures out.
public struct ReportMaterial: Sendable {
  /// The page's title.
  public var title: String
  /// What was run.
  public var provenance: Provenance
  /// Strategies that were run live.
  public var runs: [MeasuredRun] = []
  /// Strategies that were judged on recorded answers.
  public var candidates: [Candidate] = []
  /// What was required of them.
  public var requirement: Requirement?
  /// The samples, for pictures; their positions are those in the traces.
  public var dataset: Dataset?
  /// Published figures of devices.
  public var catalogue: DeviceCatalogue?
  /// A plan.
  public var plan: QoSPlan?
  /// The paper, recomputed.
  public var paper: PaperReport?

  /// Makes the material of a report with nothing in it yet.
  public init(title: String, provenance: Provenance) {
    self.title = title
    self.provenance = provenance
  }
}

extension Report {
  /// Makes a report of everything that the material allows.
  public init(_ material: ReportMaterial) {
    let results =
      material.runs.isEmpty
      ? material.candidates.map { StrategyResult($0) } : material.runs.map { StrategyResult($0) }
    var sections: [ReportSection] = []
    sections.append(Self.strategies(material, results))
    sections.append(Self.thresholds(material))
    sections += PlanSections.sections(material.plan)
    let (outcomes, strategy, candidate) = Self.decided(material)
    sections.append(Self.decision(outcomes, strategy, candidate))
    sections.append(Self.gallery(material, outcomes, strategy))
    sections += PaperSections.sections(material.paper, material.catalogue)
    var provenance = ReportSection("What was run")
    provenance.tables = material.provenance.tables
    sections.append(provenance)
    let summary =
      results.isEmpty
      ? material.plan.map { $0.answers.map(\.statement) } ?? []
      : [StrategyFigures.accuracyFinding(results) + "."]
    self.init(title: material.title, summary: summary, sections: sections)
  }

  private static func strategies(
    _ material: ReportMaterial, _ results: [StrategyResult]
  ) -> ReportSection {
    var section = ReportSection("Strategies")
    guard !results.isEmpty else { return section }
    section.figures = StrategyFigures.figures(results)
    if let figure = AnswererFigure.figure(results) { section.figures.append(figure) }
    let parts =
      material.runs.isEmpty
      ? material.candidates.compactMap { LatencyParts($0) }
      : material.runs.map { LatencyParts($0) }
    if let figure = LatencyFigure.figure(parts) { section.figures.append(figure) }
    if !results.contains(where: { $0.row.energy != nil }) {
      section.words.append(
        "Energy per inference is not shown: neither a meter nor a profile with energies was given.")
    }
    if !results.contains(where: { $0.row.latency != nil }) {
      section.words.append(
        "Latency per inference is not shown: nothing was run and no profile was given.")
    }
    return section
  }

  private static func thresholds(_ material: ReportMaterial) -> ReportSection {
    var section = ReportSection("Thresholds")
    let curves = material.candidates.compactMap { ThresholdCurve($0) }
    section.figures = [TradeOffFigure.Cost.latency, .energy].compactMap {
      TradeOffFigure.figure(
        material.candidates, curves: curves, requirement: material.requirement, cost: $0)
    }
    if let catalogue = material.catalogue, material.paper == nil, !section.figures.isEmpty {
      section.figures.append(CatalogueFigure.figure(catalogue))
    }
    return section
  }

  /// The samples whose decisions are looked at: HI's where there is one, else those of the first
  /// strategy that offloads.
  private static func decided(
    _ material: ReportMaterial
  ) -> (outcomes: [SampleOutcome], strategy: String, candidate: Candidate?) {
    let order: [Strategy] = [.hi, .eeHi, .joint, .ee, .onDevice]
    for strategy in order {
      let candidate = material.candidates.first { $0.strategy == strategy }
      // Recorded answers know what the remote model says of accepted samples too.
      if let candidate, candidate.policy.runsLocalModel {
        return (SampleOutcome.outcomes(candidate), strategy.rawValue, candidate)
      }
      if let run = material.runs.first(where: { $0.strategy == strategy }) {
        return (SampleOutcome.outcomes(run), strategy.rawValue, nil)
      }
    }
    return ([], "", nil)
  }

  private static func decision(
    _ outcomes: [SampleOutcome], _ strategy: String, _ candidate: Candidate?
  ) -> ReportSection {
    var section = ReportSection("Decisions")
    guard !outcomes.isEmpty else { return section }
    if let module = candidate?.decision,
      let figure = ReliabilityFigure.figure(outcomes, module: module, strategy: strategy)
    {
      section.figures.append(figure)
    }
    section.figures += [
      MistakesFigure.figure(outcomes, strategy: strategy),
      ConfidenceFigure.figure(outcomes, strategy: strategy),
    ].compactMap { $0 }
    if let candidate { section.figures += RankingFigures.figures(candidate) }
    return section
  }

  private static func gallery(
    _ material: ReportMaterial, _ outcomes: [SampleOutcome], _ strategy: String
  ) -> ReportSection {
    var section = ReportSection("Samples")
    guard !outcomes.isEmpty else { return section }
    if let dataset = material.dataset {
      section.galleries = GalleryKind.galleries(outcomes, dataset)
      if !section.galleries.isEmpty {
        section.words = ["Evenly drawn from each kind, under \(strategy)."]
      }
    } else {
      section.words = ["The data set is not on this machine, so there are no pictures."]
    }
    return section
  }
}
