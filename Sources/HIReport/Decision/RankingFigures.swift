internal import HIPlanning
internal import HITrace
internal import HierarchicalInference

/// How well the decision module ranks samples, whatever its threshold: beside an oracle, which knows
/// which answers are right, and random offloading.
enum RankingFigures {
  private static let count = 61

  static func figures(_ candidate: Candidate) -> [Figure] {
    guard let module = candidate.decision else { return [] }
    let trace = candidate.trace
    let last = trace.exitCount - 1
    let observations = trace.local.observations.span
    let scores = (0..<trace.count).map {
      module.score(observations.extracting($0 * trace.exitCount..<($0 + 1) * trace.exitCount))
    }
    let right = (0..<trace.count).map { trace.local.isCorrect(sample: $0, exit: last) }
    let risk = RiskCoverage(scores: scores, isRight: right)
    return [
      riskCoverage(risk), offloading(DecisionCurve(module, on: trace), candidate),
    ]
  }

  private static func lines(
    _ curves: [(name: String, colour: Int, points: [(x: Double, y: Double)])], _ x: Axis, _ y: Axis
  ) -> (marks: [any Mark], legend: Legend) {
    let marks = curves.map { curve in
      LineSeries(
        name: curve.name, colour: curve.colour, hasDots: false,
        points: curve.points.map {
          ChartPoint(
            x: $0.x, y: $0.y,
            text: "\(curve.name): \(x.text($0.x)) \(x.quantity), \(y.text($0.y)) \(y.quantity)")
        })
    }
    return (
      marks,
      Legend(entries: curves.map { .init(text: $0.name, colour: $0.colour, symbol: .line) })
    )
  }

  static func riskCoverage(_ curve: RiskCoverage) -> Figure {
    let points = LineSeries.thinned(curve.points, to: count)
    let grid = (0...40).map { Double($0) / 40 }.filter { $0 > 0 }
    let curves: [(name: String, colour: Int, points: [(x: Double, y: Double)])] = [
      ("decision module", 2, points.map { (100 * $0.coverage, 100 * $0.risk) }),
      ("oracle", 0, grid.map { (100 * $0, 100 * curve.oracleRisk(coverage: $0)) }),
      ("random", 6, grid.map { (100 * $0, 100 * curve.randomRisk) }),
    ]
    let x = Axis(
      quantity: "answers kept", unit: "%", domain: .covering([0, 100], limits: 0...100))
    let y = Axis(
      quantity: "wrong among them", unit: "%",
      domain: .covering([0] + curves.flatMap { $0.points.map(\.y) }, limits: 0...100))
    let drawn = lines(curves, x, y)
    let half = curve.points.last { $0.coverage <= 0.8 } ?? curve.points[0]
    return Figure(
      id: "risk-coverage",
      finding: "Of the surest \(Numeral.percent(half.coverage, digits: 0)) of local answers "
        + "\(Numeral.percent(half.risk)) are wrong, of all \(Numeral.percent(curve.randomRisk))",
      note:
        "Answers of the last exit, kept in the order of the decision module's score. Area under "
        + "the curve: \(Numeral.short(100 * curve.area))%.",
      alternative: "Error rate among kept answers against the share kept: the decision module "
        + "between an oracle and random choice.",
      table: table(curves, "answers kept %", "wrong among them %")
    ) {
      XYChart(x: x, y: y, marks: drawn.marks, legend: drawn.legend).drawing(
        id: $0, title: $1, description: $2)
    }
  }

  static func offloading(_ curve: DecisionCurve, _ candidate: Candidate) -> Figure {
    let points = LineSeries.thinned(curve.points, to: count)
    let grid = (0...40).map { Double($0) / 40 }
    let curves: [(name: String, colour: Int, points: [(x: Double, y: Double)])] = [
      ("decision module", 2, points.map { (100 * $0.offloadFraction, 100 * $0.accuracy) }),
      ("oracle", 0, grid.map { (100 * $0, 100 * curve.oracleAccuracy(offloadFraction: $0)) }),
      ("random", 6, grid.map { (100 * $0, 100 * curve.randomAccuracy(offloadFraction: $0)) }),
    ]
    let x = Axis(quantity: "offloaded", unit: "%", domain: .covering([0, 100], limits: 0...100))
    let y = Axis(
      quantity: "accuracy", unit: "%",
      domain: .covering(curves.flatMap { $0.points.map(\.y) }, limits: 0...100))
    let drawn = lines(curves, x, y)
    var marks = drawn.marks
    var legend = drawn.legend.entries
    if candidate.strategy == .hi {
      marks.append(
        PointSeries(
          name: "chosen", colour: 2, shape: .star, radius: 6,
          points: [
            ChartPoint(
              x: 100 * candidate.evaluation.offloadFraction,
              y: 100 * candidate.evaluation.accuracy,
              text:
                "chosen: \(Numeral.percent(candidate.evaluation.offloadFraction)) offloaded, "
                + "\(Numeral.percent(candidate.evaluation.accuracy, digits: 2)) right")
          ]))
      legend.append(.init(text: "chosen", colour: 2, symbol: .marker(.star)))
    }
    return Figure(
      id: "offloading", finding: offloadingFinding(curve),
      note:
        "All thresholds of the decision module at the last exit. An oracle offloads only what the "
        + "remote model alone gets right; random offloading draws samples blindly.",
      alternative:
        "Accuracy against the share offloaded: the decision module between an oracle and "
        + "random offloading.",
      table: table(curves, "offloaded %", "accuracy %")
    ) {
      XYChart(x: x, y: y, marks: marks, legend: Legend(entries: legend)).drawing(
        id: $0, title: $1, description: $2)
    }
  }

  private static func offloadingFinding(_ curve: DecisionCurve) -> String {
    let wanted = curve.localAccuracy + 0.8 * (curve.remoteAccuracy - curve.localAccuracy)
    guard curve.remoteAccuracy > curve.localAccuracy,
      let needed = curve.offloadFraction(reaching: wanted)
    else {
      let most = curve.points.max { $0.accuracy < $1.accuracy } ?? curve.points[0]
      return "Offloading \(Numeral.percent(most.offloadFraction)) gives the most accuracy, "
        + Numeral.percent(most.accuracy)
    }
    let oracle = curve.oracleOffloadFraction(reaching: wanted).map {
      "; an oracle needs \(Numeral.percent($0))"
    }
    let random = curve.randomOffloadFraction(reaching: wanted).map {
      ", random offloading \(Numeral.percent($0))"
    }
    return "\(Numeral.percent(wanted)) accuracy takes \(Numeral.percent(needed)) offloaded"
      + (oracle ?? "") + (random ?? "")
  }

  private static func table(
    _ curves: [(name: String, colour: Int, points: [(x: Double, y: Double)])], _ x: String,
    _ y: String
  ) -> DataTable {
    DataTable(
      columns: ["curve", x, y],
      rows: curves.flatMap { curve in
        curve.points.map { [.text(curve.name), .number($0.x), .number($0.y)] }
      })
  }
}
