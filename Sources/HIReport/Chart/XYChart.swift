/// A chart of two numeric axes: legend, then the plot, with the y axis's title above it and the x
/// axis's below.
struct XYChart: Sendable {
  var x: Axis
  var y: Axis
  var marks: [any Mark]
  var legend: Legend
  var plotHeight = 230.0

  /// The drawing.
  func drawing(id: String, title: String, description: String) -> Drawing {
    let legendHeight = legend.height(width: Drawing.width - 4)
    let top = legendHeight + 22
    let left = 10 + (y.domain.ticks.map { TextWidth.of(y.domain.label($0)) }.max() ?? 0)
    let xScale = Scale(domain: x.domain, start: left, end: Drawing.width - 16)
    let yScale = Scale(domain: y.domain, start: top + plotHeight, end: top)
    let content =
      legend.markup(x: 2, y: 0, width: Drawing.width - 4)
      + [
        Markup(
          "text", ["class": "quantity", "x": "2", "y": Numeral.position(top - 8)], text: y.title)
      ] + AxisDrawing.left(yScale, across: xScale) + AxisDrawing.bottom(xScale, across: yScale)
      + [
        Markup(
          "text",
          [
            "class": "quantity end", "x": Numeral.position(xScale.end),
            "y": Numeral.position(yScale.start + 34),
          ], text: x.title),
        Markup(
          "g",
          ["data-x-scale": xScale.attributeText, "data-y-scale": yScale.attributeText],
          marks.flatMap { $0.markup(xScale, yScale) }),
      ]
    return Drawing(
      id: id, title: title, description: description, height: top + plotHeight + 42,
      content: content)
  }
}
