/// A line at one value of an axis: a requirement, a mean.
struct ReferenceLine: Mark {
  /// Which axis the value belongs to.
  enum Direction: String, Sendable { case x, y }
  let direction: Direction
  let value: Double
  let text: String

  func markup(_ x: Scale, _ y: Scale) -> [Markup] {
    let scale = direction == .x ? x : y
    let other = direction == .x ? y : x
    let place = Numeral.position(scale.position(value))
    let (start, end) = (Numeral.position(other.start), Numeral.position(other.end))
    let isX = direction == .x
    return [
      Markup(
        "line",
        [
          "class": "reference", "x1": isX ? place : start, "x2": isX ? place : end,
          "y1": isX ? start : place, "y2": isX ? end : place,
          "data-reference": direction.rawValue, "data-value": "\(value)",
        ], [Markup("title", text: text)])
    ]
  }
}

/// The part of a chart that meets a requirement: at least `minimumY`, at most `maximumX`.
struct RequirementBox: Mark {
  let maximumX: Double?
  let minimumY: Double?
  let text: String

  func markup(_ x: Scale, _ y: Scale) -> [Markup] {
    let right = maximumX.map { min(x.position($0), x.end) } ?? x.end
    let bottom = minimumY.map { min(y.position($0), y.start) } ?? y.start
    return [
      Markup(
        "rect",
        [
          "class": "requirement", "x": Numeral.position(x.start), "y": Numeral.position(y.end),
          "width": Numeral.position(max(0, right - x.start)),
          "height": Numeral.position(max(0, bottom - y.end)),
        ], [Markup("title", text: text)])
    ]
  }
}
