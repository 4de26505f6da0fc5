/// Vertical intervals around points: where the true value lies with 95% confidence.
struct Whiskers: Mark {
  let colour: Int
  /// One a point: its x, and the ends of its interval.
  let intervals: [(x: Double, lower: Double, upper: Double)]

  func markup(_ x: Scale, _ y: Scale) -> [Markup] {
    intervals.map { interval in
      let place = Numeral.position(x.position(interval.x))
      return Markup(
        "line",
        [
          "class": "whisker", "x1": place, "x2": place,
          "y1": Numeral.position(y.position(interval.lower)),
          "y2": Numeral.position(y.position(interval.upper)),
        ])
    }
  }
}
