public import HITrace
public import HierarchicalInference

/// One decision module's figures on data that trained nothing, with the oracle's and random offloading's
/// beside them.
public struct DecisionComparison: Codable, Sendable, Equatable {
  /// What the module is called.
  public let name: String
  /// F1 at the module's own threshold; the positive class is "local answer right".
  public let f1: Double?
  /// Area under the receiver operating characteristic for "local answer right".
  public let auroc: Double?
  /// Area under the risk-coverage curve.
  public let riskCoverageArea: Double?
  /// Offload fractions for accuracies above the local model's.
  public let needed: [Needed]

  /// What an accuracy takes.
  public struct Needed: Codable, Sendable, Equatable {
    /// The accuracy asked for.
    public let accuracy: Double
    /// The share of samples that this module offloads for it; nil where it cannot reach it.
    public let offloadFraction: Double?
    /// The share that an oracle offloads.
    public let oracle: Double?
    /// The share that random offloading takes.
    public let random: Double?
  }

  /// Compares a module at the last exit.
  ///
  /// - Parameters:
  ///   - name: what tables call the module.
  ///   - module: decides at the last exit.
  ///   - trace: test data.
  ///   - accuracies: what is asked for; nil for 1 to 10 points above the last exit.
  public init(
    name: String, _ module: AnyDecisionModule, on trace: JoinedTrace, accuracies: [Double]? = nil
  ) {
    let exits = trace.exitCount
    let observations = trace.local.observations.span
    let scores = (0..<trace.count).map {
      module.score(observations.extracting($0 * exits..<($0 + 1) * exits))
    }
    self.init(
      name: name, scores: scores, threshold: module.threshold,
      localRight: (0..<trace.count).map { trace.local.isCorrect(sample: $0, exit: exits - 1) },
      remoteRight: (0..<trace.count).map { trace.isRemoteCorrect($0) }, accuracies: accuracies)
  }

  /// Compares scores that come of more than one module, or of answers of more than one exit.
  ///
  /// - Parameters:
  ///   - scores: higher is surer, one a sample.
  ///   - threshold: the least score that is accepted, for F1.
  ///   - right: whether the local answer that the score is about is right.
  ///   - remoteRight: whether the remote answer is.
  init(
    name: String, scores: [Float], threshold: Float, localRight right: [Bool], remoteRight: [Bool],
    accuracies: [Double]?
  ) {
    let curve = DecisionCurve(scores: scores, localRight: right, remoteRight: remoteRight)
    self.name = name
    let accepted = scores.map { $0 >= threshold }
    f1 =
      DecisionQuality(
        rightAccepted: zip(accepted, right).count { $0 && $1 },
        wrongAccepted: zip(accepted, right).count { $0 && !$1 },
        rightOffloaded: zip(accepted, right).count { !$0 && $1 }, samples: scores.count
      ).f1
    auroc = Ranking.areaUnderROC(scores: scores, isRight: right)
    riskCoverageArea = Ranking.riskCoverageArea(scores: scores, isRight: right)
    let asked = accuracies ?? (1...10).map { curve.localAccuracy + Double($0) / 100 }
    needed = asked.map { accuracy in
      Needed(
        accuracy: accuracy, offloadFraction: curve.offloadFraction(reaching: accuracy),
        oracle: curve.oracleOffloadFraction(reaching: accuracy),
        random: curve.randomOffloadFraction(reaching: accuracy))
    }
  }
}
