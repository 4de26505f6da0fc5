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

  /// Makes the output of a class and its confidence, where nothing else is known: what is left of 1 is
  /// spread evenly over the other classes.
  ///
  /// - Parameters:
  ///   - prediction: in `0..<classCount`.
  ///   - confidence: of the prediction, 0 to 1; below an even share it counts as just above one.
  ///   - classCount: how many classes there are.
  public init(prediction: Int, confidence: Float, classCount: Int) {
    precondition((0..<classCount).contains(prediction), "the prediction is one of the classes")
    let even = 1 / Float(classCount)
    let top = min(max(confidence, even * 1.001), 0.999_999)
    let rest = classCount > 1 ? (1 - top) / Float(classCount - 1) : 0
    var probabilities = [Float](repeating: rest, count: classCount)
    probabilities[prediction] = top
    self.init(logits: probabilities.map(naturalLogarithm))
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
