internal import HIPlanning

/// Accuracy against latency, or energy, of the strategies over their thresholds, with the requirement
/// and the chosen policies: the paper's Figure 7.
enum TradeOffFigure {
  /// Which cost the x axis shows.
  enum Cost: String {
    case latency, energy

    var unit: String { self == .latency ? "ms" : "mJ" }
    func value(_ evaluation: PolicyEvaluation) -> Double? {
      self == .latency ? evaluation.lpiMs : evaluation.epiMj
    }
    func limit(_ requirement: Requirement?) -> Double? {
      self == .latency ? requirement?.maximumLatencyMs : requirement?.maximumEnergyMj
    }
  }

  /// A chosen policy, or a strategy without thresholds.
  private struct Chosen {
    let candidate: Candidate
    let x: Double
    var y: Double { 100 * candidate.evaluation.accuracy }
    var name: String { candidate.strategy.rawValue }
  }

  static func figure(
    _ candidates: [Candidate], curves: [ThresholdCurve], requirement: Requirement?, cost: Cost
  ) -> Figure? {
    let chosen = candidates.compactMap { candidate in
      cost.value(candidate.evaluation).map { Chosen(candidate: candidate, x: $0) }
    }
    let lines = curves.compactMap { line($0, cost) }
    guard !chosen.isEmpty, !lines.isEmpty || chosen.count > 1 else { return nil }
    let limit = cost.limit(requirement)
    let required = requirement?.minimumAccuracy.map { 100 * $0 }
    let x = Axis(
      quantity: "\(cost.rawValue) per inference", unit: cost.unit,
      domain: .covering([0] + chosen.map(\.x) + lines.flatMap { $0.points.map(\.x) } + [limit ?? 0])
    )
    let y = Axis(
      quantity: "accuracy", unit: "%",
      domain: .covering(
        chosen.map(\.y) + lines.flatMap { $0.points.map(\.y) } + (required.map { [$0] } ?? []),
        limits: 0...100))
    var marks: [any Mark] = []
    var legend: [Legend.Entry] = []
    if limit != nil || required != nil {
      let words = requirementText(required, limit, cost)
      if limit != nil, required != nil {
        marks.append(RequirementBox(maximumX: limit, minimumY: required, text: words))
      }
      if let required { marks.append(ReferenceLine(direction: .y, value: required, text: words)) }
      if let limit { marks.append(ReferenceLine(direction: .x, value: limit, text: words)) }
      legend.append(Legend.Entry(text: words, colour: 0, symbol: .reference))
    }
    for line in lines {
      marks.append(line)
      legend.append(
        Legend.Entry(text: "\(line.name) over thresholds", colour: line.colour, symbol: .line))
    }
    for one in chosen {
      let colour = Palette.colour(ofStrategy: one.name)
      let shape = MarkerShape.of(colour: colour)
      marks.append(
        PointSeries(
          name: "chosen \(one.name)", colour: colour, shape: shape, radius: 6,
          points: [
            ChartPoint(
              x: one.x, y: one.y,
              text: "\(one.name), as chosen: \(x.text(one.x)), \(y.text(one.y)) right")
          ]))
      legend.append(Legend.Entry(text: one.name, colour: colour, symbol: .marker(shape)))
    }
    return Figure(
      id: "trade-off-\(cost.rawValue)", finding: finding(chosen, required, limit, cost),
      note: note(candidates, curves),
      alternative:
        "Accuracy against \(cost.rawValue) per inference: a curve for each of \(lines.count) "
        + "strategies over their thresholds, and \(chosen.count) chosen policies.",
      table: table(curves, chosen, cost)
    ) {
      XYChart(x: x, y: y, marks: marks, legend: Legend(entries: legend)).drawing(
        id: $0, title: $1, description: $2)
    }
  }

  private static func line(_ curve: ThresholdCurve, _ cost: Cost) -> LineSeries? {
    let name = curve.strategy.rawValue
    let points = curve.points.compactMap { point in
      cost.value(point.evaluation).map { value in
        ChartPoint(
          x: value, y: 100 * point.evaluation.accuracy,
          text: "\(name), \(curve.thresholdName) \(Numeral.short(point.threshold)): "
            + "\(Numeral.short(value)) \(cost.unit), "
            + "\(Numeral.percent(point.evaluation.accuracy, digits: 2)) right, "
            + "\(Numeral.percent(point.evaluation.offloadFraction)) offloaded")
      }
    }
    return points.isEmpty
      ? nil
      : LineSeries(name: name, colour: Palette.colour(ofStrategy: name), points: points)
  }

  private static func requirementText(
    _ required: Double?, _ limit: Double?, _ cost: Cost
  ) -> String {
    let parts = [
      required.map { "at least \(Numeral.short($0))%" },
      limit.map { "at most \(Numeral.short($0)) \(cost.unit)" },
    ]
    return "required: " + parts.compactMap { $0 }.joined(separator: ", ")
  }

  private static func table(
    _ curves: [ThresholdCurve], _ chosen: [Chosen], _ cost: Cost
  ) -> DataTable {
    var rows: [[DataTable.Cell]] = chosen.map { one in
      [
        .text(one.name), .text("chosen"), .missing, .number(one.x), .number(one.y),
        .number(100 * one.candidate.evaluation.offloadFraction),
      ]
    }
    for curve in curves {
      rows += curve.points.map { point in
        [
          .text(curve.strategy.rawValue), .text(curve.thresholdName), .number(point.threshold),
          .optional(cost.value(point.evaluation)), .number(100 * point.evaluation.accuracy),
          .number(100 * point.evaluation.offloadFraction),
        ]
      }
    }
    return DataTable(
      columns: [
        "strategy", "point", "threshold", "\(cost.rawValue) \(cost.unit)", "accuracy %",
        "offloaded %",
      ], rows: rows)
  }

  private static func finding(
    _ chosen: [Chosen], _ required: Double?, _ limit: Double?, _ cost: Cost
  ) -> String {
    guard required != nil || limit != nil else {
      let best = chosen.max { $0.y < $1.y } ?? chosen[0]
      return "\(best.name) is the most accurate at \(Numeral.short(best.x)) \(cost.unit)"
    }
    let meeting = chosen.filter { $0.y >= (required ?? 0) && $0.x <= (limit ?? .infinity) }
    let words = [
      required.map { "\(Numeral.short($0))% accuracy" },
      limit.map { "\(Numeral.short($0)) \(cost.unit)" },
    ].compactMap { $0 }.joined(separator: " within ")
    guard let best = meeting.min(by: { $0.x < $1.x }) else {
      return "No chosen policy keeps the required \(words) on these samples"
    }
    let next = meeting.filter { $0.name != best.name }.min { $0.x < $1.x }
    let margin = next.map {
      "; \($0.name) needs \(Numeral.short($0.x)) \(cost.unit)"
    }
    return "\(best.name) meets the required \(words) at the least \(cost.rawValue), "
      + "\(Numeral.short(best.x)) \(cost.unit)\(margin ?? "")"
  }

  private static func note(_ candidates: [Candidate], _ curves: [ThresholdCurve]) -> String {
    guard let profile = candidates.compactMap(\.profile).first else { return "" }
    let early =
      curves.contains { $0.strategy != .hi }
      ? " EE and EE-HI run over one confidence threshold for all early exits, 0.5 to 1, HI over its "
        + "decision threshold." : " HI runs over its decision threshold."
    return "Equations (1), (3) and (4) on these samples with the costs of \(profile.device) over "
      + "\(profile.link) (\(profile.latencySource.rawValue)).\(early) Larger marks are the policies as "
      + "they were chosen, on other samples."
  }
}
