internal import HIPlanning

extension StrategyFigures {
  /// One strategy's mean cost.
  struct CostRow {
    let name: String
    let strategy: String
    let mean: Double
    let interval: Interval?
    let source: FigureSource?
  }

  /// Latency per inference: the paper's Figures 4a and 5a.
  static func latency(_ results: [StrategyResult]) -> Figure? {
    let rows = results.compactMap { result in
      result.row.latency.map {
        CostRow(
          name: result.name, strategy: result.row.strategy, mean: $0.meanMs,
          interval: result.lpiInterval95, source: $0.source)
      }
    }
    return costs(rows, id: "strategies-latency", quantity: "latency per inference", unit: "ms")
  }

  /// Energy per inference: the paper's Figures 4b and 5b.
  static func energy(_ results: [StrategyResult]) -> Figure? {
    let rows = results.compactMap { result in
      result.row.energy.map {
        CostRow(
          name: result.name, strategy: result.row.strategy, mean: $0.meanMj,
          interval: result.epiInterval95, source: $0.source)
      }
    }
    return costs(rows, id: "strategies-energy", quantity: "energy per inference", unit: "mJ")
  }

  private static func costs(
    _ rows: [CostRow], id: String, quantity: String, unit: String
  ) -> Figure? {
    guard !rows.isEmpty else { return nil }
    let axis = Axis(
      quantity: quantity, unit: unit,
      domain: .covering([0] + rows.flatMap { [$0.mean, $0.interval?.upper ?? 0] }))
    let drawn = rows.map { row in
      let interval = row.interval.map {
        ", 95% interval \(Numeral.short($0.lower)) to \(axis.text($0.upper))"
      }
      return RowChart.Row(
        label: row.name, valueText: axis.text(row.mean),
        marks: [
          .bar(
            from: 0, to: row.mean, colour: Palette.colour(ofStrategy: row.strategy),
            series: row.name, text: "\(row.name): \(axis.text(row.mean))\(interval ?? "")")
        ] + (row.interval.map { [.interval(lower: max(0, $0.lower), upper: $0.upper)] } ?? []))
    }
    let sources = Set(rows.compactMap { $0.source?.rawValue }).sorted()
    return Figure(
      id: id, finding: finding(rows, axis),
      note: "Mean over the samples, on the device, with its 95% interval"
        + (sources.isEmpty ? "." : "; \(sources.joined(separator: " and "))."),
      alternative: "The \(quantity) of \(rows.count) strategies, a bar each.",
      table: DataTable(
        columns: ["strategy", "mean \(unit)", "lower \(unit)", "upper \(unit)", "source"],
        rows: rows.map {
          [
            .text($0.name), .number($0.mean), .optional($0.interval?.lower),
            .optional($0.interval?.upper), .text($0.source?.rawValue ?? ""),
          ]
        })
    ) { RowChart(axis: axis, rows: drawn).drawing(id: $0, title: $1, description: $2) }
  }

  private static func finding(_ rows: [CostRow], _ axis: Axis) -> String {
    let hierarchy = rows.filter { ["hi", "ee-hi", "joint"].contains($0.strategy) }
    guard let best = hierarchy.min(by: { $0.mean < $1.mean }),
      let remote = rows.first(where: { $0.strategy == "remote" }), remote.mean > 0
    else {
      return rows.min { $0.mean < $1.mean }.map { "\($0.name) takes \(axis.text($0.mean))" }
        ?? axis.title
    }
    let share = best.mean / remote.mean
    let compared =
      share <= 1
      ? "\(Numeral.percent(1 - share, digits: 0)) less than"
      : "\(Numeral.percent(share - 1, digits: 0)) more than"
    return "\(best.name) takes \(axis.text(best.mean)), \(compared) remote's "
      + axis.text(remote.mean)
  }
}
