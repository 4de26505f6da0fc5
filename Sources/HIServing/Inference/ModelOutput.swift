internal import HierarchicalInference

/// What a model gave for one sample: the logits of its last exit, and what follows from them.
public struct ModelOutput: Sendable, Equatable {
  /// One value a class.
  public let logits: [Float]
  /// The class with the highest logit; of two equal ones the lower.
  public let prediction: Int
  /// The highest softmax value, 0 to 1; NaN where the logits are not all finite.
  public let confidence: Float

  /// Makes the output of logits.
  ///
  /// - Parameter logits: one value a class, at least one class.
  /// - Complexity: O(classes).
  public init(logits: [Float]) {
    let observation = Observation(logits: logits.span)
    self.logits = logits
    prediction = observation.prediction
    confidence = observation.confidence
  }

  /// The softmax of the logits: one value a class, their sum 1 within rounding.
  ///
  /// - Complexity: O(classes), computed at each call.
  public var probabilities: [Float] {
    var probabilities = [Float](repeating: 0, count: logits.count)
    var span = probabilities.mutableSpan
    softmax(logits.span, into: &span)
    return probabilities
  }
}
