/// Points of one shape and colour.
struct PointSeries: Mark {
  let name: String
  let colour: Int
  var shape: MarkerShape
  var radius = 4.5
  /// Whether the points are drawn as outlines.
  var isHollow = false
  let points: [ChartPoint]

  func markup(_ x: Scale, _ y: Scale) -> [Markup] {
    points.filter { $0.x.isFinite && $0.y.isFinite }.map { point in
      let place =
        "translate(\(Numeral.position(x.position(point.x))) "
        + "\(Numeral.position(y.position(point.y))))"
      return Markup(
        "path",
        [
          "class": isHollow ? "hollow l\(colour)" : "dot f\(colour)", "transform": place,
          "d": shape.path(radius: radius),
          "data-series": name, "data-x": "\(point.x)", "data-y": "\(point.y)",
        ], [Markup("title", text: point.text)])
    }
  }
}
