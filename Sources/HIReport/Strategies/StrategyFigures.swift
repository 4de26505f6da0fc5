internal import HIPlanning

/// The strategies side by side: the paper's Figures 3 to 5.
enum StrategyFigures {
  static func figures(_ results: [StrategyResult]) -> [Figure] {
    [accuracy(results)].compactMap { $0 } + [latency(results), energy(results)].compactMap { $0 }
  }

  /// Accuracy with its interval.
  static func accuracy(_ results: [StrategyResult], required: Double? = nil) -> Figure? {
    guard !results.isEmpty else { return nil }
    let values = results.flatMap { result in
      [100 * result.row.accuracyInterval95.lower, 100 * result.row.accuracyInterval95.upper]
    }
    let axis = Axis(
      quantity: "accuracy", unit: "%", domain: .covering(values, limits: 0...100))
    let rows = results.map { result in
      let value = 100 * result.row.accuracy
      let interval = result.row.accuracyInterval95
      let colour = Palette.colour(ofStrategy: result.row.strategy)
      return RowChart.Row(
        label: result.name, valueText: Numeral.percent(result.row.accuracy, digits: 2),
        marks: [
          .interval(lower: 100 * interval.lower, upper: 100 * interval.upper),
          .dot(
            value, colour: colour, shape: .of(colour: colour), series: result.name,
            text:
              "\(result.name): \(Numeral.percent(result.row.accuracy, digits: 2)), 95% interval "
              + "\(Numeral.percent(interval.lower, digits: 2)) to "
              + Numeral.percent(interval.upper, digits: 2)),
        ])
    }
    let table = DataTable(
      columns: ["strategy", "samples", "accuracy %", "lower %", "upper %", "offloaded %"],
      rows: results.map {
        [
          .text($0.name), .number(Double($0.row.samples)), .number(100 * $0.row.accuracy),
          .number(100 * $0.row.accuracyInterval95.lower),
          .number(100 * $0.row.accuracyInterval95.upper),
          .number(100 * $0.row.offloadFraction),
        ]
      })
    return Figure(
      id: "strategies-accuracy", finding: accuracyFinding(results),
      note: "Share of right answers with Wilson's 95% interval. The axis does not begin at 0.",
      alternative: "Accuracy of \(results.count) strategies, a dot with an interval each.",
      table: table
    ) { RowChart(axis: axis, rows: rows).drawing(id: $0, title: $1, description: $2) }
  }

  /// The hierarchical strategy that the words speak of: the most accurate one.
  static func best(_ results: [StrategyResult]) -> StrategyResult? {
    results.filter(\.isHierarchical).max { $0.row.accuracy < $1.row.accuracy }
  }

  static func accuracyFinding(_ results: [StrategyResult]) -> String {
    guard let best = best(results) else {
      let most = results.max { $0.row.accuracy < $1.row.accuracy }
      return most.map {
        "\($0.name) is right on \(Numeral.percent($0.row.accuracy)) of \($0.row.samples) samples"
      } ?? "Accuracy"
    }
    func distance(_ name: String, _ points: Double) -> String {
      let amount = Numeral.short(abs((points * 1000).rounded() / 10))
      return "\(amount) points \(points >= 0 ? "above" : "below") \(name)"
    }
    let others = ["on-device", "remote"].compactMap { name in
      results.first { $0.row.strategy == name }.map {
        distance($0.name, best.row.accuracy - $0.row.accuracy)
      }
    }
    let beside = others.isEmpty ? "" : ", " + others.joined(separator: " and ")
    return "\(best.name) is right on \(Numeral.percent(best.row.accuracy))\(beside), with "
      + "\(Numeral.percent(best.row.offloadFraction)) offloaded"
  }
}
