internal import Foundation
public import HITrace

/// Fits temperatures: what logits are divided by so that confidences are frequencies (Guo et al., 2017,
/// "On Calibration of Modern Neural Networks").
public enum TemperatureScaling {
  /// The temperature that minimises the negative log-likelihood of the labels at one exit.
  ///
  /// With `b = 1/T` the likelihood `sum(ln sum(exp(b z)) - b z_y)` is convex in `b`; Newton's method
  /// finds its minimum, kept inside 1/100 to 100.
  ///
  /// - Parameters:
  ///   - trace: calibration data with logits; rows that are not finite are left out.
  ///   - exit: from 0.
  /// - Throws: `TraceError.noLogits`.
  /// - Complexity: O(iterations x samples x classes).
  public static func fit(_ trace: Trace, exit: Int) throws(TraceError) -> Float {
    guard trace.hasLogits else { throw .noLogits(model: trace.metadata.modelName) }
    let classes = trace.metadata.classes.count
    var inverse = 1.0
    var low = 0.01
    var high = 100.0
    for _ in 0..<100 {
      let (slope, curvature) = derivatives(trace, exit, classes, inverse)
      if slope > 0 { high = inverse } else { low = inverse }
      var next = curvature > 0 ? inverse - slope / curvature : (low + high) / 2
      // A Newton step that leaves the bracket is replaced by bisection.
      if !(next > low && next < high) { next = (low * high).squareRoot() }
      if abs(next - inverse) <= 1e-10 * inverse { break }
      inverse = next
    }
    return Float(1 / inverse)
  }

  /// One temperature an exit.
  public static func fit(_ trace: Trace) throws(TraceError) -> [Float] {
    var temperatures: [Float] = []
    for exit in 0..<trace.exitCount { temperatures.append(try fit(trace, exit: exit)) }
    return temperatures
  }

  private static func derivatives(
    _ trace: Trace, _ exit: Int, _ classes: Int, _ inverse: Double
  ) -> (slope: Double, curvature: Double) {
    var slope = 0.0
    var curvature = 0.0
    for sample in 0..<trace.count {
      let start = (sample * trace.exitCount + exit) * classes
      let row = trace.logits[start..<start + classes]
      guard row.allSatisfy(\.isFinite), let highest = row.max() else { continue }
      var total = 0.0
      var first = 0.0
      var second = 0.0
      for value in row {
        let distance = Double(value - highest)
        let weight = exp(inverse * distance)
        total += weight
        first += weight * distance
        second += weight * distance * distance
      }
      let mean = first / total
      slope += mean - Double(row[start + trace.labels[sample]] - highest)
      curvature += second / total - mean * mean
    }
    return (slope, curvature)
  }
}
