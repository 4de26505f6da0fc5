/// The paper's decision module: a binary logistic regression on the two highest softmax values
/// (section 3.4.2; Behera et al., 2023), `sigmoid(bias + w1 p1 + w2 p2)`.
///
/// It is trained to tell right local answers (1) from wrong ones (0), so its score is the estimated
/// probability that the local answer is right.
public struct BinaryLogisticRegression: DecisionModule, Equatable {
  /// The intercept `b`.
  public var bias: Float
  /// The weight `w1` of the highest softmax value.
  public var confidenceWeight: Float
  /// The weight `w2` of the second highest softmax value.
  public var runnerUpWeight: Float
  /// The least probability that is accepted; the paper's is 0.5.
  public var threshold: Float

  /// Makes the module of known coefficients.
  public init(
    bias: Float, confidenceWeight: Float, runnerUpWeight: Float, threshold: Float = 0.5
  ) {
    self.bias = bias
    self.confidenceWeight = confidenceWeight
    self.runnerUpWeight = runnerUpWeight
    self.threshold = threshold
  }

  /// The probability that the newest answer is right.
  public func score(_ answers: Span<Observation>) -> Float {
    let newest = answers.newest
    return sigmoid(
      bias + confidenceWeight * newest.confidence + runnerUpWeight * newest.runnerUp)
  }
}
