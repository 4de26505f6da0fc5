/// Any one of the decision modules: the closed sum that a policy stores and a file describes.
///
/// An enumeration and not an existential, because Embedded Swift has no existentials and because a
/// policy file may name these kinds and no others.
public enum AnyDecisionModule: DecisionModule, Equatable {
  /// Accepts every answer: on-device inference.
  case acceptAll
  /// Accepts none: at an early exit, never stop there.
  case acceptNone
  /// The highest softmax value.
  case confidence(ConfidenceThreshold)
  /// The distance of the two highest softmax values.
  case margin(MarginThreshold)
  /// The entropy of the softmax distribution.
  case entropy(EntropyThreshold)
  /// The log-sum-exp of the logits.
  case energy(EnergyThreshold)
  /// The paper's binary logistic regression.
  case binaryLogistic(BinaryLogisticRegression)
  /// A logistic regression on features of several exits.
  case logistic(LogisticRegression)

  /// The least score that is accepted. Setting it has no effect on `acceptAll` and `acceptNone`.
  public var threshold: Float {
    get {
      switch self {
      case .acceptAll: return -.infinity
      case .acceptNone: return .infinity
      case .confidence(let module): return module.threshold
      case .margin(let module): return module.threshold
      case .entropy(let module): return module.threshold
      case .energy(let module): return module.threshold
      case .binaryLogistic(let module): return module.threshold
      case .logistic(let module): return module.threshold
      }
    }
    set {
      switch self {
      case .acceptAll, .acceptNone: break
      case .confidence: self = .confidence(ConfidenceThreshold(threshold: newValue))
      case .margin: self = .margin(MarginThreshold(threshold: newValue))
      case .entropy: self = .entropy(EntropyThreshold(threshold: newValue))
      case .energy: self = .energy(EnergyThreshold(threshold: newValue))
      case .binaryLogistic(var module):
        module.threshold = newValue
        self = .binaryLogistic(module)
      case .logistic(var module):
        module.threshold = newValue
        self = .logistic(module)
      }
    }
  }

  /// The score of the module inside; 0 for `acceptAll` and `acceptNone`.
  public func score(_ answers: Span<Observation>) -> Float {
    switch self {
    case .acceptAll, .acceptNone: return 0
    case .confidence(let module): return module.score(answers)
    case .margin(let module): return module.score(answers)
    case .entropy(let module): return module.score(answers)
    case .energy(let module): return module.score(answers)
    case .binaryLogistic(let module): return module.score(answers)
    case .logistic(let module): return module.score(answers)
    }
  }
}
