/// Something that is drawn over the two scales of a chart.
///
/// Marks carry their values as `data-x`, `data-y` and `data-series`, in the units of the axes, and
/// show them on hover in a `title`.
protocol Mark: Sendable {
  /// The drawing.
  func markup(_ x: Scale, _ y: Scale) -> [Markup]
}

/// A point with a text for whoever points at it.
struct ChartPoint: Sendable, Equatable {
  var x: Double
  var y: Double
  /// What is shown on hover.
  var text: String
}
