internal import HierarchicalInference

/// How sure the local model is where it is right and where it is wrong.
enum ConfidenceFigure {
  static func figure(_ outcomes: [SampleOutcome], strategy: String) -> Figure? {
    let valid = outcomes.filter { $0.local.isValid }
    let groups = [
      ("right", 2, valid.filter(\.isLocalRight)), ("wrong", 1, valid.filter { !$0.isLocalRight }),
    ]
    guard groups.allSatisfy({ !$0.2.isEmpty }) else { return nil }
    let edges = (0...20).map { Double($0) * 5 }
    let counts = groups.map { group in
      var bins = [Int](repeating: 0, count: 20)
      for outcome in group.2 { bins[min(19, Int(Double(outcome.local.confidence) * 20))] += 1 }
      return bins
    }
    // Confidences below one in the number of classes cannot be: the empty left end is cut off.
    let first = (0..<20).first { bin in counts.contains { $0[bin] > 0 } } ?? 0
    let shown = Array(edges[first...])
    let series = zip(groups, counts).map { group, bins in
      HistogramBars.Series(
        name: group.0, colour: group.1,
        heights: bins[first...].map { 100 * Double($0) / Double(group.2.count) },
        texts: (first..<20).map { bin in
          "\(group.0), confidence \(Int(edges[bin])) to \(Int(edges[bin + 1]))%: \(bins[bin]) of "
            + "\(group.2.count)"
        })
    }
    let x = Axis(
      quantity: "confidence of the local answer", unit: "%",
      domain: .covering([shown[0], 100], limits: 0...100))
    let y = Axis(
      quantity: "share of the right, or wrong, answers", unit: "%",
      domain: .covering([0] + series.flatMap(\.heights), limits: 0...100))
    let wrong = groups[1].2.map { Double($0.local.confidence) }.sorted()
    let median = wrong[(wrong.count - 1) / 2]
    let below = groups[0].2.count { Double($0.local.confidence) <= median }
    return Figure(
      id: "confidence",
      finding: "Half of the wrong local answers have a confidence of at most "
        + "\(Numeral.percent(median, digits: 0)), and \(Numeral.percent(Double(below) / Double(groups[0].2.count))) "
        + "of the right ones",
      note:
        "\(strategy): the answer of the exit that settled the sample, \(groups[0].2.count) right and "
        + "\(groups[1].2.count) wrong; each colour adds up to 100%.",
      alternative: "Two histograms of the confidence, of right and of wrong local answers.",
      table: DataTable(
        columns: ["from %", "to %", "right", "wrong", "share of right %", "share of wrong %"],
        rows: (first..<20).map { bin in
          [
            .number(edges[bin]), .number(edges[bin + 1]), .number(Double(counts[0][bin])),
            .number(Double(counts[1][bin])), .number(series[0].heights[bin - first]),
            .number(series[1].heights[bin - first]),
          ]
        })
    ) {
      XYChart(
        x: x, y: y, marks: [HistogramBars(edges: shown, series: series)],
        legend: Legend(
          entries: groups.map { .init(text: "\($0.0) answers", colour: $0.1, symbol: .box) })
      ).drawing(id: $0, title: $1, description: $2)
    }
  }
}
