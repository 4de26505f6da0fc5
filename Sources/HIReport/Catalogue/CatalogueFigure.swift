internal import HIPlanning

/// Accuracy against latency of every model on every device of the catalogue, with the QoS box: the
/// paper's Figure 1.
enum CatalogueFigure {
  static func figure(
    _ catalogue: DeviceCatalogue, minimumAccuracy: Double = 0.9, maximumLatencyMs: Double = 250
  ) -> Figure {
    let entries = catalogue.deployments
    let devices = catalogue.devices.filter { device in
      entries.contains { $0.device == device.id }
    }
    let datasets = entries.map(\.dataset).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let x = Axis(
      quantity: "latency per inference", unit: "ms",
      domain: .covering(entries.map(\.latencyMs), kind: .logarithmic))
    let y = Axis(
      quantity: "accuracy", unit: "%",
      domain: .covering(
        entries.map { 100 * $0.accuracy } + [100 * minimumAccuracy], limits: 0...100))
    let words =
      "at least \(Numeral.short(100 * minimumAccuracy))%, at most "
      + "\(Numeral.short(maximumLatencyMs)) ms"
    var marks: [any Mark] = [
      RequirementBox(
        maximumX: maximumLatencyMs, minimumY: 100 * minimumAccuracy, text: words)
    ]
    let colours = [5, 1, 2, 0, 3, 4]
    var legend: [Legend.Entry] = [.init(text: words, colour: 2, symbol: .requirement)]
    for (place, device) in devices.enumerated() {
      let colour = colours[place % colours.count]
      legend.append(.init(text: device.name, colour: colour, symbol: .box))
      for (number, dataset) in datasets.enumerated() {
        let own = entries.filter { $0.device == device.id && $0.dataset == dataset }
        marks.append(
          PointSeries(
            name: "\(device.name), \(dataset)", colour: colour, shape: shape(number),
            points: own.map { entry in
              let model = catalogue.models.first { $0.id == entry.model }?.name ?? entry.model
              return ChartPoint(
                x: entry.latencyMs, y: 100 * entry.accuracy,
                text: "\(model), \(dataset), \(device.name): \(x.text(entry.latencyMs)), "
                  + y.text(100 * entry.accuracy))
            }))
      }
    }
    legend += datasets.enumerated().map { number, dataset in
      .init(text: dataset, colour: Palette.neutral, symbol: .marker(shape(number)))
    }
    let meeting = entries.count {
      $0.accuracy >= minimumAccuracy && $0.latencyMs <= maximumLatencyMs
    }
    return Figure(
      id: "catalogue",
      finding: "\(meeting) of \(entries.count) published pairs of model and device reach "
        + "\(Numeral.short(100 * minimumAccuracy))% within \(Numeral.short(maximumLatencyMs)) ms on the "
        + "device alone",
      note:
        "Published measurements of whole models (\(catalogue.reference)); the box is the requirement "
        + "of its Figure 1, whose MNIST points are drawn there and not printed.",
      alternative: "Accuracy against latency, logarithmic, of \(entries.count) models on "
        + "\(devices.count) devices.",
      table: DataTable(
        columns: [
          "device", "model", "data set", "latency ms", "accuracy %", "energy mJ", "source",
        ],
        rows: entries.map { entry in
          [
            .text(devices.first { $0.id == entry.device }?.name ?? entry.device),
            .text(entry.model), .text(entry.dataset), .number(entry.latencyMs),
            .number(100 * entry.accuracy), .optional(entry.energyMj), .text(entry.source),
          ]
        })
    ) {
      XYChart(x: x, y: y, marks: marks, legend: Legend(entries: legend)).drawing(
        id: $0, title: $1, description: $2)
    }
  }

  private static func shape(_ dataset: Int) -> MarkerShape {
    [.circle, .triangle, .square, .diamond][dataset % 4]
  }
}
