/// Writes the softmax of logits, numerically stable: relative to the highest logit.
///
/// - Parameters:
///   - logits: one value a class; at least one, all finite.
///   - probabilities: as many values as `logits`; gets values from 0 to 1 whose sum is 1 within
///     rounding.
/// - Complexity: O(classes), allocation-free.
public func softmax(_ logits: Span<Float>, into probabilities: inout MutableSpan<Float>) {
  precondition(logits.count == probabilities.count, "softmax gives one probability a logit")
  let highest = TopTwo(logits).highest
  var total: Float = 0
  for index in logits.indices {
    let e = exponential(logits[index] - highest)
    probabilities[index] = e
    total += e
  }
  for index in logits.indices { probabilities[index] /= total }
}
