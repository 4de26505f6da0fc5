internal import HIPlanning

/// The decision module's two mistakes, beside what it did right.
enum MistakesFigure {
  static func figure(_ outcomes: [SampleOutcome], strategy: String) -> Figure? {
    guard !outcomes.isEmpty, outcomes.contains(where: \.isOffloaded) else { return nil }
    let kinds: [(name: String, colour: Int, count: Int)] = [
      ("right, accepted", 2, outcomes.count { $0.isLocalRight && !$0.isOffloaded }),
      ("wrong, offloaded", 0, outcomes.count { !$0.isLocalRight && $0.isOffloaded }),
      ("correct-offloaded", 4, outcomes.count { $0.isLocalRight && $0.isOffloaded }),
      ("incorrect-accepted", 1, outcomes.count { !$0.isLocalRight && !$0.isOffloaded }),
    ]
    let total = Double(outcomes.count)
    let intervals = kinds.map { Interval.wilson(successes: $0.count, trials: outcomes.count) }
    let axis = Axis(
      quantity: "share of samples", unit: "%",
      domain: .covering([0] + intervals.map { 100 * $0.upper }, limits: 0...100))
    let rows = zip(kinds, intervals).map { kind, interval in
      let share = Double(kind.count) / total
      return RowChart.Row(
        label: kind.name, valueText: Numeral.percent(share),
        marks: [
          .bar(
            from: 0, to: 100 * share, colour: kind.colour, series: kind.name,
            text: "\(kind.name): \(kind.count) of \(outcomes.count), \(Numeral.percent(share))"),
          .interval(lower: 100 * interval.lower, upper: 100 * interval.upper),
        ])
    }
    return Figure(
      id: "mistakes",
      finding:
        "\(Numeral.percent(Double(kinds[2].count) / total)) of the samples are offloaded although "
        + "the local answer is right, and \(Numeral.percent(Double(kinds[3].count) / total)) are "
        + "accepted wrongly",
      note:
        "\(strategy): correct-offloaded costs an offload that gains nothing; incorrect-accepted "
        + "costs accuracy. Shares of all samples with Wilson's 95% interval.",
      alternative: "Four bars: what is accepted and offloaded, rightly and wrongly.",
      table: DataTable(
        columns: ["kind", "samples", "share %", "lower %", "upper %"],
        rows: zip(kinds, intervals).map {
          [
            .text($0.name), .number(Double($0.count)), .number(100 * Double($0.count) / total),
            .number(100 * $1.lower), .number(100 * $1.upper),
          ]
        })
    ) { RowChart(axis: axis, rows: rows).drawing(id: $0, title: $1, description: $2) }
  }
}
