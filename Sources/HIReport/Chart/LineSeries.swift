/// A line through points, with a small dot at each.
struct LineSeries: Mark {
  let name: String
  let colour: Int
  var dashes: String?
  /// Whether the points have dots; they always answer to pointing.
  var hasDots = true
  let points: [ChartPoint]

  init(name: String, colour: Int, hasDots: Bool = true, points: [ChartPoint]) {
    self.name = name
    self.colour = colour
    dashes = Palette.dashes(colour)
    self.hasDots = hasDots
    self.points = points
  }

  func markup(_ x: Scale, _ y: Scale) -> [Markup] {
    let line = points.map {
      "\(Numeral.position(x.position($0.x))),\(Numeral.position(y.position($0.y)))"
    }
    let dots = PointSeries(
      name: name, colour: colour, shape: .circle, radius: 1.9, points: points
    ).markup(x, y)
    let targets = points.map { point in
      Markup(
        "circle",
        [
          "class": "target", "cx": Numeral.position(x.position(point.x)),
          "cy": Numeral.position(y.position(point.y)), "r": "4", "data-series": name,
          "data-x": "\(point.x)", "data-y": "\(point.y)",
        ], [Markup("title", text: point.text)])
    }
    return [
      Markup(
        "polyline",
        [
          "class": "line l\(colour)", "stroke-dasharray": dashes,
          "points": line.joined(separator: " "),
        ])
    ] + (hasDots ? dots : targets)
  }

  /// At most so many points of a long curve, evenly chosen, the ends among them.
  static func thinned<Element>(_ points: [Element], to count: Int) -> [Element] {
    guard points.count > count, count > 1 else { return points }
    return (0..<count).map { points[$0 * (points.count - 1) / (count - 1)] }
  }
}
