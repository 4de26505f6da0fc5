/// A chart with one row a thing: its name, its bars or dots along one numeric axis, its value in words.
///
/// Names stand beside the rows where they are short, above them where they are long.
struct RowChart: Sendable {
  struct Row: Sendable {
    let label: String
    /// What stands at the row's end.
    let valueText: String
    let marks: [RowMark]
  }

  let axis: Axis
  let rows: [Row]
  var reference: (value: Double, text: String)?
  var legend = Legend(entries: [])

  private static let widestLabel = 104.0

  /// The drawing.
  func drawing(id: String, title: String, description: String) -> Drawing {
    let labelWidth = rows.map { TextWidth.of($0.label) }.max() ?? 0
    let isBeside = labelWidth <= Self.widestLabel
    let valueWidth = rows.map { TextWidth.of($0.valueText) }.max() ?? 0
    let left = isBeside ? labelWidth + 10 : 8
    let top = legend.height(width: Drawing.width - 4) + 4
    let rowHeight = isBeside ? 30.0 : 40.0
    let x = Scale(
      domain: axis.domain, start: left, end: Drawing.width - max(valueWidth + 10, 16))
    let bottom = top + Double(rows.count) * rowHeight + 4
    let y = Scale(
      domain: .covering([0, 1]), start: bottom, end: top)
    let drawn = rows.enumerated().flatMap { index, row in
      let start = top + Double(index) * rowHeight
      let middle = isBeside ? start + rowHeight / 2 : start + 28
      return label(row, isBeside: isBeside, start: start, middle: middle)
        + row.marks.flatMap { $0.markup(x, middle: middle, row: row.label) }
    }
    let lines = reference.map {
      ReferenceLine(direction: .x, value: $0.value, text: $0.text).markup(x, y)
    }
    return Drawing(
      id: id, title: title, description: description, height: bottom + 42,
      content: legend.markup(x: 2, y: 0, width: Drawing.width - 4)
        + AxisDrawing.bottom(x, across: y)
        + [
          Markup(
            "text",
            [
              "class": "quantity end", "x": Numeral.position(x.end),
              "y": Numeral.position(bottom + 34),
            ], text: axis.title),
          Markup("g", ["data-x-scale": x.attributeText], drawn + (lines ?? [])),
        ])
  }

  private func label(
    _ row: Row, isBeside: Bool, start: Double, middle: Double
  ) -> [Markup] {
    [
      Markup(
        "text",
        ["x": "2", "y": Numeral.position(isBeside ? middle + 4 : start + 14)], text: row.label),
      Markup(
        "text",
        [
          "class": "value end", "x": Numeral.position(Drawing.width - 2),
          "y": Numeral.position(middle + 4),
        ], text: row.valueText),
    ]
  }
}

/// What is drawn in a row.
enum RowMark: Sendable {
  /// A bar from one value to another.
  case bar(from: Double, to: Double, colour: Int, series: String, text: String)
  /// A dot.
  case dot(Double, colour: Int, shape: MarkerShape, series: String, text: String)
  /// An interval.
  case interval(lower: Double, upper: Double)

  func markup(_ x: Scale, middle: Double, row: String) -> [Markup] {
    switch self {
    case .bar(let from, let to, let colour, let series, let text):
      let (start, end) = (x.position(from), x.position(to))
      guard end > start else { return [] }
      return [
        Markup(
          "rect",
          [
            "class": "bar f\(colour)", "x": Numeral.position(start),
            "y": Numeral.position(middle - 8), "width": Numeral.position(end - start),
            "height": "16", "data-row": row, "data-series": series, "data-from": "\(from)",
            "data-to": "\(to)",
          ], [Markup("title", text: text)])
      ]
    case .dot(let value, let colour, let shape, let series, let text):
      return [
        Markup(
          "path",
          [
            "class": "dot f\(colour)",
            "transform":
              "translate(\(Numeral.position(x.position(value))) \(Numeral.position(middle)))",
            "d": shape.path(radius: 5), "data-row": row, "data-series": series,
            "data-x": "\(value)",
          ], [Markup("title", text: text)])
      ]
    case .interval(let lower, let upper):
      let (start, end) = (x.position(lower), x.position(upper))
      let (a, b) = (Numeral.position(start), Numeral.position(end))
      let (above, below) = (Numeral.position(middle - 4), Numeral.position(middle + 4))
      let line = Numeral.position(middle)
      return [
        Markup(
          "path",
          [
            "class": "whisker",
            "d": "M\(a) \(line)H\(b)M\(a) \(above)V\(below)M\(b) \(above)V\(below)",
            "data-row": row, "data-lower": "\(lower)", "data-upper": "\(upper)",
          ])
      ]
    }
  }
}
