public import HITrace
public import HierarchicalInference

/// What a decision module learns to tell apart.
public enum DecisionTarget: String, Sendable, Codable, CaseIterable {
  /// Whether the local answer is right: the paper's.
  case localRight = "local-right"
  /// Whether an offload gains: samples that only the remote model answers right against those that only
  /// the local model does, each weighing what an offload changes; samples on which both are right, or
  /// both wrong, gain nothing and lose an offload's cost, and weigh a little towards accepting.
  case remoteGains = "remote-gains"
}

/// Which kind of module decides at the last exit.
public enum DecisionKind: String, Sendable, Codable, CaseIterable {
  /// A logistic regression, the paper's or a richer one.
  case regression
  /// A threshold on the highest softmax value.
  case confidence
  /// A threshold on the distance of the two highest softmax values.
  case margin
  /// A threshold on the entropy of the softmax distribution.
  case entropy
  /// A threshold on the energy score.
  case energy
}

/// Which features a decision module weighs.
public enum DecisionFeatureSet: String, Sendable, Codable, CaseIterable {
  /// The two highest softmax values of the last exit: the paper's.
  case twoHighest = "two-highest"
  /// Of every exit confidence, second highest value and entropy, and whether it agrees with the last.
  case allExits = "all-exits"
  /// The same and which class the last exit predicts.
  case allExitsAndClass = "all-exits-and-class"

  /// The features for a model.
  public func features(exitCount: Int, classes: Int) -> [DecisionFeature] {
    switch self {
    case .twoHighest:
      return [.confidence(exit: exitCount), .runnerUp(exit: exitCount)]
    case .allExits, .allExitsAndClass:
      var features: [DecisionFeature] = []
      for exit in 1...exitCount {
        features += [.confidence(exit: exit), .runnerUp(exit: exit), .entropy(exit: exit)]
        if exit < exitCount { features.append(.agreement(exit: exit)) }
      }
      if self == .allExitsAndClass {
        features += (0..<classes).map { .predicted(classIndex: $0) }
      }
      return features
    }
  }
}

extension LogisticRegressionTraining {
  /// Trains a decision module for the last exit on what all exits said.
  ///
  /// - Parameters:
  ///   - trace: the calibration data; samples with features that are not finite are left out.
  ///   - features: what is weighed.
  ///   - target: what is to be told apart.
  ///   - bothWeight: with `remoteGains`, the weight of a sample on which an offload changes nothing.
  /// - Returns: a module whose score is higher the more speaks for accepting.
  /// - Throws: ``TrainingError``.
  public func decision(
    _ trace: JoinedTrace, features: DecisionFeatureSet, target: DecisionTarget = .localRight,
    bothWeight: Double = 0.25
  ) throws(TrainingError) -> LogisticRegression {
    let exits = trace.exitCount
    let weighed = features.features(
      exitCount: exits, classes: trace.local.metadata.classes.count)
    let observations = trace.local.observations.span
    var rows: [Double] = []
    var targets: [Bool] = []
    var weights: [Double] = []
    for sample in 0..<trace.count {
      let answers = observations.extracting(sample * exits..<(sample + 1) * exits)
      let row = weighed.map { Double($0.value(answers)) }
      guard row.allSatisfy(\.isFinite) else { continue }
      let local = trace.local.isCorrect(sample: sample, exit: exits - 1)
      rows += row
      switch target {
      case .localRight:
        targets.append(local)
        weights.append(1)
      case .remoteGains:
        let remote = trace.isRemoteCorrect(sample)
        targets.append(local || !remote)
        weights.append(local == remote ? bothWeight : 1)
      }
    }
    let fitted = try fit(
      features: rows, featureCount: weighed.count, targets: targets, sampleWeights: weights)
    return LogisticRegression(
      features: weighed, weights: fitted.weights.map(Float.init), bias: Float(fitted.intercept))
  }
}

extension AnyDecisionModule {
  /// One of every kind for the last exit, trained where there is something to train: to be put side by
  /// side on data that trained nothing, with ``DecisionComparison``.
  ///
  /// - Throws: ``TrainingError``.
  public static func candidates(
    trainedOn trace: JoinedTrace
  ) throws(TrainingError) -> [(name: String, module: AnyDecisionModule)] {
    let training = LogisticRegressionTraining()
    var modules: [(name: String, module: AnyDecisionModule)] = [
      ("paper's LR", .binaryLogistic(try training.binaryLogistic(trace.local))),
      ("confidence", .confidence(ConfidenceThreshold(threshold: 0.5))),
      ("margin", .margin(MarginThreshold(threshold: 0.5))),
      ("entropy", .entropy(EntropyThreshold(maximumEntropy: 0.5))),
      ("energy", .energy(EnergyThreshold(threshold: 0))),
    ]
    for target in DecisionTarget.allCases {
      for features in [DecisionFeatureSet.allExits, .allExitsAndClass] {
        modules.append(
          (
            "LR \(features.rawValue), \(target.rawValue)",
            .logistic(try training.decision(trace, features: features, target: target))
          ))
      }
    }
    return modules
  }
}
