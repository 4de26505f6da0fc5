internal import HITrace
internal import HierarchicalInference

/// One decision module as judged on one half of a trace.
struct DecisionEntrant {
  var comparison: DecisionComparison
  /// Local inferences a sample beside the first one: what second looks cost.
  var extraInferences = 0.0
}

/// Every decision module, trained on the first half of a trace and judged on the second.
struct DecisionEntrants {
  /// Shares of the samples, the least sure of them, that are looked at again.
  static let lookedAt = [0.25, 0.5]

  private let training: JoinedTrace
  private let test: JoinedTrace
  /// How many exits are the model's own; a second look follows them or not.
  private let stages: Int

  init(_ trace: JoinedTrace, _ halves: Halves) {
    training = trace.rows(halves.first)
    test = trace.rows(halves.second)
    stages = trace.local.metadata.stageCount
  }

  /// 1 to 10 points above the model's own last exit on the judged half.
  var accuracies: [Double] {
    let local = test.local.accuracy(exit: stages - 1)
    return (1...10).map { local + Double($0) / 100 }
  }

  /// The paper's module alone.
  func paper(_ accuracies: [Double]) throws(CalibrationError) -> DecisionComparison {
    DecisionComparison(
      name: "paper's LR", try paperModule(training.firstExits(stages)),
      on: test.firstExits(stages), accuracies: accuracies)
  }

  /// All modules, the paper's first.
  func all(_ accuracies: [Double]) throws(CalibrationError) -> [DecisionEntrant] {
    var entrants: [DecisionEntrant] = []
    let own = test.firstExits(stages)
    for (name, module) in try candidates(training.firstExits(stages)) {
      entrants.append(
        DecisionEntrant(
          comparison: DecisionComparison(name: name, module, on: own, accuracies: accuracies)))
    }
    entrants += try tempered(accuracies)
    guard stages < training.exitCount else { return entrants }
    for (name, module) in try candidates(training)
    where name.hasPrefix("paper") || name.hasPrefix("LR all-exits,") {
      entrants.append(
        DecisionEntrant(
          comparison: DecisionComparison(
            name: "second look, \(name)", module, on: test, accuracies: accuracies),
          extraInferences: 1))
    }
    for share in Self.lookedAt { entrants.append(try look(atLeastSure: share, accuracies)) }
    return entrants
  }

  /// The modules that a temperature changes, with each exit's temperature fitted on the training half;
  /// none where the logits were not kept.
  private func tempered(_ accuracies: [Double]) throws(CalibrationError) -> [DecisionEntrant] {
    guard training.local.hasLogits else { return [] }
    let half = training.firstExits(stages)
    let scaled: (training: JoinedTrace, test: JoinedTrace)
    do {
      let temperatures = try TemperatureScaling.fit(half.local)
      scaled = (
        try half.observed(temperatures: temperatures),
        try test.firstExits(stages).observed(temperatures: temperatures)
      )
    } catch { throw .trace(error) }
    let modules: [(String, AnyDecisionModule)] = [
      ("paper's LR, temperature", try paperModule(scaled.training)),
      ("confidence, temperature", .confidence(ConfidenceThreshold(threshold: 0.5))),
    ]
    return modules.map { name, module in
      DecisionEntrant(
        comparison: DecisionComparison(
          name: name, module, on: scaled.test, accuracies: accuracies))
    }
  }

  /// A second look at the samples alone of which the paper's module is least sure after the first; the
  /// others keep their first answer and go last when it comes to offloading.
  private func look(
    atLeastSure share: Double, _ accuracies: [Double]
  ) throws(CalibrationError) -> DecisionEntrant {
    let first = try paperModule(training.firstExits(stages))
    let second = try paperModule(training)
    let seen = scores(first, training.firstExits(stages)).sorted()
    let bound = seen[min(Int(share * Double(seen.count)), seen.count - 1)]
    let firstScores = scores(first, test.firstExits(stages))
    let secondScores = scores(second, test)
    let isLookedAt = firstScores.map { !($0 >= bound) }
    let rows = 0..<test.count
    let comparison = DecisionComparison(
      name: "second look at the least sure \(Int((share * 100).rounded()))%, paper's LR",
      // Both scores are probabilities, so 1 more puts what was not looked at above all that was.
      scores: rows.map { isLookedAt[$0] ? secondScores[$0] : 1 + firstScores[$0] },
      threshold: second.threshold,
      localRight: rows.map {
        test.local.isCorrect(sample: $0, exit: isLookedAt[$0] ? stages : stages - 1)
      },
      remoteRight: rows.map { test.isRemoteCorrect($0) }, accuracies: accuracies)
    return DecisionEntrant(
      comparison: comparison,
      extraInferences: Double(isLookedAt.count { $0 }) / Double(test.count))
  }

  private func scores(_ module: AnyDecisionModule, _ trace: JoinedTrace) -> [Float] {
    let exits = trace.exitCount
    let observations = trace.local.observations.span
    return (0..<trace.count).map {
      module.score(observations.extracting($0 * exits..<($0 + 1) * exits))
    }
  }

  private func paperModule(_ half: JoinedTrace) throws(CalibrationError) -> AnyDecisionModule {
    do {
      return .binaryLogistic(try LogisticRegressionTraining().binaryLogistic(half.local))
    } catch { throw .training(error) }
  }

  private func candidates(
    _ half: JoinedTrace
  ) throws(CalibrationError) -> [(name: String, module: AnyDecisionModule)] {
    do { return try AnyDecisionModule.candidates(trainedOn: half) } catch {
      throw .training(error)
    }
  }
}
