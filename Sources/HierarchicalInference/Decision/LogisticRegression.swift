/// One figure that a ``LogisticRegression`` weighs, read from what the exits said.
///
/// `exit` counts from 1, as in manifests and reports.
public enum DecisionFeature: Sendable, Equatable {
  /// The confidence of an exit.
  case confidence(exit: Int)
  /// The second highest softmax value of an exit.
  case runnerUp(exit: Int)
  /// The entropy of an exit's softmax distribution in nats.
  case entropy(exit: Int)
  /// The log-sum-exp of an exit's logits.
  case logSumExp(exit: Int)
  /// 1 where an exit predicts the class that the newest exit predicts, else 0.
  case agreement(exit: Int)
  /// 1 where the newest exit predicts this class, else 0: some classes are harder than others, and
  /// on some the remote model is no better.
  case predicted(classIndex: Int)

  /// The feature's value; NaN where its exit has not answered.
  ///
  /// - Parameter answers: what exits 1 to k said, k at least 1.
  @inlinable
  public func value(_ answers: Span<Observation>) -> Float {
    switch self {
    case .confidence(let exit):
      return exit <= answers.count ? answers[exit - 1].confidence : .nan
    case .runnerUp(let exit):
      return exit <= answers.count ? answers[exit - 1].runnerUp : .nan
    case .entropy(let exit):
      return exit <= answers.count ? answers[exit - 1].entropy : .nan
    case .logSumExp(let exit):
      return exit <= answers.count ? answers[exit - 1].logSumExp : .nan
    case .agreement(let exit):
      guard exit <= answers.count else { return .nan }
      return answers[exit - 1].prediction == answers.newest.prediction ? 1 : 0
    case .predicted(let classIndex):
      return answers.newest.prediction == classIndex ? 1 : 0
    }
  }
}

/// A logistic regression on any features of what the exits said: `sigmoid(bias + sum(w_i f_i))`.
///
/// The paper's ``BinaryLogisticRegression`` is the special case of two features of one exit.
public struct LogisticRegression: DecisionModule, Equatable {
  /// What is weighed.
  public let features: [DecisionFeature]
  /// One weight a feature.
  public let weights: [Float]
  /// The intercept.
  public let bias: Float
  /// The least probability that is accepted.
  public var threshold: Float

  /// Makes the module of known coefficients.
  ///
  /// - Precondition: as many weights as features.
  public init(features: [DecisionFeature], weights: [Float], bias: Float, threshold: Float = 0.5) {
    precondition(features.count == weights.count, "one weight a feature")
    self.features = features
    self.weights = weights
    self.bias = bias
    self.threshold = threshold
  }

  /// The estimated probability, NaN where a feature's exit has not answered.
  ///
  /// - Complexity: O(features), allocation-free.
  public func score(_ answers: Span<Observation>) -> Float {
    var sum = bias
    for index in features.indices { sum += weights[index] * features[index].value(answers) }
    return sigmoid(sum)
  }
}
