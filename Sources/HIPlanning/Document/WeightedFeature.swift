internal import HierarchicalInference

/// A feature of a logistic regression and its weight: `{"feature": "confidence", "exit": 1, "weight": 2}`.
struct WeightedFeature: Codable, Sendable {
  let feature: DecisionFeature
  let weight: Float

  init(_ feature: DecisionFeature, _ weight: Float) {
    self.feature = feature
    self.weight = weight
  }

  private enum Name: String, Codable {
    case confidence, runnerUp, entropy, logSumExp, agreement, predicted
  }

  private enum Key: String, CodingKey {
    case feature, exit, weight
    case classIndex = "class"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    weight = try container.decode(Float.self, forKey: .weight)
    guard weight.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .weight, in: container, debugDescription: "a weight is a finite number")
    }
    let name = try container.decode(Name.self, forKey: .feature)
    if name == .predicted {
      feature = .predicted(classIndex: try container.decode(Int.self, forKey: .classIndex))
      return
    }
    let exit = try container.decode(Int.self, forKey: .exit)
    guard exit >= 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .exit, in: container, debugDescription: "exits are counted from 1")
    }
    switch name {
    case .confidence: feature = .confidence(exit: exit)
    case .runnerUp: feature = .runnerUp(exit: exit)
    case .entropy: feature = .entropy(exit: exit)
    case .logSumExp: feature = .logSumExp(exit: exit)
    case .agreement, .predicted: feature = .agreement(exit: exit)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    func write(_ name: Name, _ exit: Int) throws {
      try container.encode(name, forKey: .feature)
      try container.encode(exit, forKey: .exit)
    }
    try container.encode(weight, forKey: .weight)
    switch feature {
    case .confidence(let exit): try write(.confidence, exit)
    case .runnerUp(let exit): try write(.runnerUp, exit)
    case .entropy(let exit): try write(.entropy, exit)
    case .logSumExp(let exit): try write(.logSumExp, exit)
    case .agreement(let exit): try write(.agreement, exit)
    case .predicted(let classIndex):
      try container.encode(Name.predicted, forKey: .feature)
      try container.encode(classIndex, forKey: .classIndex)
    }
  }
}
