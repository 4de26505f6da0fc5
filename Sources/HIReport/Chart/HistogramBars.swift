/// Bars over bins of the x axis, several series side by side in each bin.
struct HistogramBars: Mark {
  struct Series: Sendable {
    let name: String
    let colour: Int
    /// One height a bin.
    let heights: [Double]
    /// One text a bin.
    let texts: [String]
  }
  /// The edges of the bins, one more than there are bins.
  let edges: [Double]
  let series: [Series]

  func markup(_ x: Scale, _ y: Scale) -> [Markup] {
    series.enumerated().flatMap { place, one in
      one.heights.indices.filter { one.heights[$0] > 0 }.map { bin in
        let left = x.position(edges[bin])
        let width = (x.position(edges[bin + 1]) - left) / Double(series.count)
        let top = y.position(one.heights[bin])
        return Markup(
          "rect",
          [
            "class": "bar f\(one.colour)",
            "x": Numeral.position(left + width * Double(place) + 0.5),
            "y": Numeral.position(top), "width": Numeral.position(max(0.5, width - 0.8)),
            "height": Numeral.position(max(0, y.start - top)), "data-series": one.name,
            "data-x": "\((edges[bin] + edges[bin + 1]) / 2)", "data-y": "\(one.heights[bin])",
          ], [Markup("title", text: one.texts[bin])])
      }
    }
  }
}
