internal import HIPlanning
internal import HierarchicalInference

/// Whether the decision module's scores are the probabilities that they claim to be.
enum ReliabilityFigure {
  /// Samples whose scores lie in one tenth.
  private struct Bin {
    var scores = 0.0
    var right = 0
    var count = 0
    var meanScore: Double { scores / Double(count) }
    var share: Double { Double(right) / Double(count) }
    var interval: Interval { .wilson(successes: right, trials: count) }
  }

  /// Nil where the module's score is no probability or scores nothing.
  static func figure(
    _ outcomes: [SampleOutcome], module: AnyDecisionModule, strategy: String
  ) -> Figure? {
    switch module {
    case .binaryLogistic, .logistic, .confidence: break
    case .acceptAll, .acceptNone, .margin, .entropy, .energy: return nil
    }
    var bins = [Bin](repeating: Bin(), count: 10)
    for outcome in outcomes {
      guard let score = outcome.score, score >= 0, score <= 1 else { continue }
      let bin = min(9, Int(Double(score) * 10))
      bins[bin].count += 1
      bins[bin].scores += Double(score)
      bins[bin].right += outcome.isLocalRight ? 1 : 0
    }
    bins.removeAll { $0.count == 0 }
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    let error =
      bins.reduce(0) { $0 + abs($1.meanScore - $1.share) * Double($1.count) } / Double(total)
    let axis = { (quantity: String) in
      Axis(quantity: quantity, unit: "%", domain: .covering([0, 100], limits: 0...100))
    }
    let threshold = 100 * Double(module.threshold)
    let (x, y) = (axis("score of the decision module"), axis("local answers right"))
    let perfect = LineSeries(
      name: "perfect", colour: Palette.neutral, hasDots: false,
      points: [
        ChartPoint(x: 0, y: 0, text: "perfect: 0%"),
        ChartPoint(x: 100, y: 100, text: "perfect: 100%"),
      ])
    let marks: [any Mark] =
      [
        perfect,
        Whiskers(
          colour: 0,
          intervals: bins.map {
            (100 * $0.meanScore, 100 * $0.interval.lower, 100 * $0.interval.upper)
          }),
        PointSeries(
          name: "right", colour: 0, shape: .circle,
          points: bins.map { bin in
            ChartPoint(
              x: 100 * bin.meanScore, y: 100 * bin.share,
              text: "score \(Numeral.percent(bin.meanScore)): \(bin.right) of \(bin.count) right, "
                + Numeral.percent(bin.share))
          }),
      ]
      + ((0...100).contains(threshold)
        ? [
          ReferenceLine(
            direction: .x, value: threshold,
            text: "accepted from \(Numeral.short(threshold))% upwards")
        ] : [])
    var legend = Legend(entries: [
      .init(text: "observed, with 95% interval", colour: 0, symbol: .marker(.circle)),
      .init(text: "perfectly calibrated", colour: Palette.neutral, symbol: .line),
    ])
    if (0...100).contains(threshold) {
      legend.entries.append(
        .init(text: "accepted from \(Numeral.short(threshold))%", colour: 0, symbol: .reference))
    }
    return Figure(
      id: "reliability",
      finding: "The decision module's scores miss the true share of right answers by "
        + "\(Numeral.short((error * 1000).rounded() / 10)) points on average",
      note:
        "\(strategy): the \(total) samples that come to the decision module, in tenths of its score; "
        + "the mean distance, weighted by samples, is the expected calibration error.",
      alternative: "Share of right local answers against the decision module's score, "
        + "\(bins.count) points beside the diagonal of perfect calibration.",
      table: DataTable(
        columns: ["mean score %", "right %", "lower %", "upper %", "samples"],
        rows: bins.map {
          [
            .number(100 * $0.meanScore), .number(100 * $0.share), .number(100 * $0.interval.lower),
            .number(100 * $0.interval.upper), .number(Double($0.count)),
          ]
        })
    ) {
      XYChart(x: x, y: y, marks: marks, legend: legend).drawing(id: $0, title: $1, description: $2)
    }
  }
}
