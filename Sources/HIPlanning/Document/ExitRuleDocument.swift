public import HierarchicalInference

/// One exit's rule in a policy file: `{"kind": "binaryLogistic", "bias": …, "threshold": …}`.
public struct ExitRuleDocument: Codable, Sendable, Equatable {
  /// The rule.
  public let rule: ExitRule

  /// Wraps a rule.
  public init(_ rule: ExitRule) { self.rule = rule }

  private enum Kind: String, Codable {
    case acceptAll, acceptNone, confidence, margin, entropy, energy, binaryLogistic, logistic
  }

  private enum Key: String, CodingKey {
    case kind, threshold, offloadBelow, bias, confidenceWeight, runnerUpWeight, features
  }

  /// Reads a rule; coefficients must be numbers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func value(_ key: Key) throws -> Float {
      try container.decode(JSONFloat.self, forKey: key).value
    }
    func coefficient(_ key: Key) throws -> Float {
      let value = try value(key)
      guard value.isFinite else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "a coefficient is a finite number")
      }
      return value
    }
    let module: AnyDecisionModule
    switch try container.decode(Kind.self, forKey: .kind) {
    case .acceptAll: module = .acceptAll
    case .acceptNone: module = .acceptNone
    case .confidence:
      module = .confidence(ConfidenceThreshold(threshold: try value(.threshold)))
    case .margin: module = .margin(MarginThreshold(threshold: try value(.threshold)))
    case .entropy: module = .entropy(EntropyThreshold(threshold: try value(.threshold)))
    case .energy: module = .energy(EnergyThreshold(threshold: try value(.threshold)))
    case .binaryLogistic:
      module = .binaryLogistic(
        BinaryLogisticRegression(
          bias: try coefficient(.bias), confidenceWeight: try coefficient(.confidenceWeight),
          runnerUpWeight: try coefficient(.runnerUpWeight), threshold: try value(.threshold)))
    case .logistic:
      let features = try container.decode([WeightedFeature].self, forKey: .features)
      module = .logistic(
        LogisticRegression(
          features: features.map(\.feature), weights: features.map(\.weight),
          bias: try coefficient(.bias), threshold: try value(.threshold)))
    }
    let offloadBelow = try container.decodeIfPresent(JSONFloat.self, forKey: .offloadBelow)
    rule = ExitRule(module: module, offloadBelow: offloadBelow?.value ?? -.infinity)
  }

  /// Writes a rule.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    let threshold = JSONFloat(value: rule.module.threshold)
    switch rule.module {
    case .acceptAll: try container.encode(Kind.acceptAll, forKey: .kind)
    case .acceptNone: try container.encode(Kind.acceptNone, forKey: .kind)
    case .confidence: try container.encode(Kind.confidence, forKey: .kind)
    case .margin: try container.encode(Kind.margin, forKey: .kind)
    case .entropy: try container.encode(Kind.entropy, forKey: .kind)
    case .energy: try container.encode(Kind.energy, forKey: .kind)
    case .binaryLogistic(let module):
      try container.encode(Kind.binaryLogistic, forKey: .kind)
      try container.encode(module.bias, forKey: .bias)
      try container.encode(module.confidenceWeight, forKey: .confidenceWeight)
      try container.encode(module.runnerUpWeight, forKey: .runnerUpWeight)
    case .logistic(let module):
      try container.encode(Kind.logistic, forKey: .kind)
      try container.encode(module.bias, forKey: .bias)
      try container.encode(
        zip(module.features, module.weights).map(WeightedFeature.init), forKey: .features)
    }
    switch rule.module {
    case .acceptAll, .acceptNone: break
    default: try container.encode(threshold, forKey: .threshold)
    }
    if rule.offloadBelow > -.infinity {
      try container.encode(JSONFloat(value: rule.offloadBelow), forKey: .offloadBelow)
    }
  }
}

/// A single-precision number that survives JSON to the bit; infinities, which JSON has no numbers for,
/// are the strings `infinity` and `-infinity`.
struct JSONFloat: Codable, Sendable, Equatable {
  let value: Float

  init(value: Float) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let word = try? container.decode(String.self) {
      switch word {
      case "infinity": value = .infinity
      case "-infinity": value = -.infinity
      default:
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "'\(word)' is no number")
      }
    } else {
      value = try container.decode(Float.self)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch value {
    case .infinity: try container.encode("infinity")
    case -.infinity: try container.encode("-infinity")
    default: try container.encode(value)
    }
  }
}
