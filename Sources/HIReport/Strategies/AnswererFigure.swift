internal import HIPlanning

/// Who answered: which exits, and the remote model.
enum AnswererFigure {
  static func figure(_ results: [StrategyResult]) -> Figure? {
    guard !results.isEmpty else { return nil }
    let names = Self.names(results)
    let axis = Axis(
      quantity: "share of samples", unit: "%", domain: .covering([0, 100], limits: 0...100))
    let rows = results.map { result in
      var from = 0.0
      var marks: [RowMark] = []
      for name in names {
        let share = 100 * (result.row.answeredBy[name] ?? 0)
        marks.append(
          .bar(
            from: from, to: from + share, colour: colour(name), series: name,
            text: "\(result.name): \(axis.text(share)) answered by \(words(name))"))
        from += share
      }
      return RowChart.Row(label: result.name, valueText: "", marks: marks)
    }
    let legend = Legend(
      entries: names.map { Legend.Entry(text: words($0), colour: colour($0), symbol: .box) })
    return Figure(
      id: "exits", finding: finding(results),
      note: "Every sample is answered once; the shares of a row add up to 100%.",
      alternative: "A bar for each of \(results.count) strategies, divided by who answered.",
      table: DataTable(
        columns: ["strategy"] + names.map { "\(words($0)) %" },
        rows: results.map { result in
          [.text(result.name)] + names.map { .number(100 * (result.row.answeredBy[$0] ?? 0)) }
        })
    ) {
      RowChart(axis: axis, rows: rows, legend: legend).drawing(
        id: $0, title: $1, description: $2)
    }
  }

  /// Who answered anything, early exits first.
  private static func names(_ results: [StrategyResult]) -> [String] {
    let all = Set(results.flatMap { $0.row.answeredBy.filter { $0.value > 0 }.keys })
    let fixed = ["local", "remote", "fallback"]
    let early = all.subtracting(fixed).sorted {
      ($0.count, $0) < ($1.count, $1)
    }
    return early + fixed.filter(all.contains)
  }

  private static func words(_ name: String) -> String {
    switch name {
    case "local": "last exit"
    case "remote": "remote model"
    case "fallback": "fallback"
    default: "exit " + name.dropFirst(4)
    }
  }

  private static func colour(_ name: String) -> Int {
    switch name {
    case "local": 0
    case "remote": 1
    case "fallback": Palette.neutral
    case "exit1": 3
    case "exit2": 2
    case "exit3": 5
    default: 4
    }
  }

  private static func finding(_ results: [StrategyResult]) -> String {
    func early(_ result: StrategyResult) -> Double {
      result.row.answeredBy.filter { $0.key.hasPrefix("exit") }.reduce(0) { $0 + $1.value }
    }
    if let most = results.max(by: { early($0) < early($1) }), early(most) > 0 {
      return
        "With \(most.name), \(Numeral.percent(early(most))) of the samples stop at an early exit "
        + "and \(Numeral.percent(most.row.offloadFraction)) are offloaded"
    }
    let best = StrategyFigures.best(results) ?? results[0]
    return "With \(best.name), \(Numeral.percent(1 - best.row.offloadFraction)) of the samples are "
      + "answered on the device"
  }
}
