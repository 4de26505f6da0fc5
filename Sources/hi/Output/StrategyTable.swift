import HIPlanning

extension StrategyReport {
  /// The rows as a person reads them.
  var table: String {
    var table = TextTable(header: [
      "strategy", "accuracy", "95% interval", "offloaded", "mean ms", "p50 ms", "p90 ms", "p99 ms",
      "answered by",
    ])
    for row in strategies {
      let interval = row.accuracyInterval95
      let latency = row.latency
      table.rows.append([
        row.strategy, row.accuracy.percent(),
        "\((interval.lower * 100).fixed(2))–\((interval.upper * 100).fixed(2))",
        row.offloadFraction.percent(1),
        latency.map { $0.meanMs.fixed(3) } ?? "-", latency.map { $0.p50Ms.fixed(3) } ?? "-",
        latency.map { $0.p90Ms.fixed(3) } ?? "-", latency.map { $0.p99Ms.fixed(3) } ?? "-",
        row.answeredBy.filter { $0.value > 0 }.sorted { $0.key < $1.key }
          .map { "\($0.key) \($0.value.percent(1))" }.joined(separator: ", "),
      ])
    }
    return table.text
  }
}
