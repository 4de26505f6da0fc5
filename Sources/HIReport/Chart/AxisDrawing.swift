/// Grid lines and labels of axes.
enum AxisDrawing {
  /// The y axis: lines across the plot, labels to its left.
  static func left(_ y: Scale, across x: Scale) -> [Markup] {
    y.domain.ticks.flatMap { tick in
      let place = y.position(tick)
      return [
        line(x1: x.start, x2: x.end, y1: place, y2: place),
        Markup(
          "text",
          [
            "class": "tick end", "x": Numeral.position(x.start - 5),
            "y": Numeral.position(place + 4),
          ], text: y.domain.label(tick)),
      ]
    }
  }

  /// The x axis: lines up the plot, labels below it where they do not touch each other.
  static func bottom(_ x: Scale, across y: Scale) -> [Markup] {
    var free = -Double.infinity
    return x.domain.ticks.flatMap { tick -> [Markup] in
      let place = x.position(tick)
      let grid = line(x1: place, x2: place, y1: y.start, y2: y.end)
      let label = x.domain.label(tick)
      let half = TextWidth.of(label) / 2
      let middle = max(half + 1, min(place, Drawing.width - half))
      guard middle - half > free else { return [grid] }
      free = middle + half + 4
      return [
        grid,
        Markup(
          "text",
          [
            "class": "tick middle", "x": Numeral.position(middle),
            "y": Numeral.position(y.start + 16),
          ], text: label),
      ]
    }
  }

  private static func line(x1: Double, x2: Double, y1: Double, y2: Double) -> Markup {
    Markup(
      "line",
      [
        "class": "grid", "x1": Numeral.position(x1), "x2": Numeral.position(x2),
        "y1": Numeral.position(y1), "y2": Numeral.position(y2),
      ])
  }
}
