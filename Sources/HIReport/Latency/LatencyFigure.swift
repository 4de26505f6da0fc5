/// Where the time goes, a divided bar a strategy.
enum LatencyFigure {
  static func figure(_ strategies: [LatencyParts]) -> Figure? {
    guard let first = strategies.first else { return nil }
    let all = strategies.flatMap(\.parts).reduce(into: [LatencyParts.Part]()) { parts, part in
      if part.meanMs > 0, !parts.contains(where: { $0.name == part.name }) { parts.append(part) }
    }
    let longest = strategies.max { $0.parts.count < $1.parts.count } ?? first
    let order = longest.parts.map(\.name)
    let names = all.sorted {
      (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0)
    }
    let axis = Axis(
      quantity: "latency per inference", unit: "ms",
      domain: .covering([0] + strategies.map(\.totalMs)))
    let rows = strategies.map { one in
      var from = 0.0
      var marks: [RowMark] = []
      for part in one.parts where part.meanMs > 0 {
        marks.append(
          .bar(
            from: from, to: from + part.meanMs, colour: part.colour, series: part.name,
            text: "\(one.strategy), \(part.name): \(axis.text(part.meanMs))"))
        from += part.meanMs
      }
      return RowChart.Row(label: one.strategy, valueText: axis.text(one.totalMs), marks: marks)
    }
    return Figure(
      id: "latency-breakdown", finding: finding(strategies),
      note: first.isMeasured
        ? "Means over all samples of the live run, by the device's clock. The server tells how long it had "
          + "a request; the wire does not tell its queue from its inference, nor the way there from the "
          + "way back."
        : "Modelled: the profile's costs times how often each part happens. What an offload spends on "
          + "the network and in the server is not told apart in a profile.",
      alternative:
        "A bar for each of \(strategies.count) strategies, divided into parts of latency.",
      table: DataTable(
        columns: ["strategy"] + names.map { "\($0.name) ms" } + ["total ms"],
        rows: strategies.map { one in
          [.text(one.strategy)]
            + names.map { name in
              .optional(one.parts.first { $0.name == name.name }?.meanMs)
            } + [.number(one.totalMs)]
        })
    ) {
      RowChart(
        axis: axis, rows: rows,
        legend: Legend(
          entries: names.map { .init(text: $0.name, colour: $0.colour, symbol: .box) })
      ).drawing(id: $0, title: $1, description: $2)
    }
  }

  private static func finding(_ strategies: [LatencyParts]) -> String {
    let hierarchical = strategies.filter { ["hi", "ee-hi", "joint"].contains($0.strategy) }
    let one = hierarchical.min { $0.totalMs < $1.totalMs } ?? strategies[0]
    guard let largest = one.parts.max(by: { $0.meanMs < $1.meanMs }), one.totalMs > 0 else {
      return "Where the time goes"
    }
    return "\(Numeral.percent(largest.meanMs / one.totalMs, digits: 0)) of \(one.strategy)'s "
      + "\(Numeral.short(one.totalMs)) ms go to: \(largest.name)"
  }
}
