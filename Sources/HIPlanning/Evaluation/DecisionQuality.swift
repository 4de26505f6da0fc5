/// How well a policy tells right local answers from wrong ones.
///
/// The positive class is "the local answer is right", and a positive decision is "accept". The
/// fractions are of all samples, as in equation (2).
public struct DecisionQuality: Codable, Sendable, Equatable {
  /// `2 tp / (2 tp + fp + fn)` with tp accepted right answers, fp accepted wrong ones and fn offloaded
  /// right ones; nil where nothing is right and nothing is accepted.
  public var f1: Double?
  /// Area under the receiver operating characteristic of the last exit's score over the samples that
  /// reach it; nil where all of them are right, or all wrong, or the last exit accepts everything.
  public var auroc: Double?
  /// Share of all samples whose local answer was right and that were offloaded: eta_FN of equation (2).
  public var correctOffloaded: Double
  /// Share of all samples whose local answer was wrong and accepted.
  public var incorrectAccepted: Double
  /// Area under the risk-coverage curve of the last exit's score over the samples that reach it.
  public var riskCoverageArea: Double?

  /// Makes the figures.
  public init(
    f1: Double?, auroc: Double?, correctOffloaded: Double, incorrectAccepted: Double,
    riskCoverageArea: Double? = nil
  ) {
    self.f1 = f1
    self.auroc = auroc
    self.correctOffloaded = correctOffloaded
    self.incorrectAccepted = incorrectAccepted
    self.riskCoverageArea = riskCoverageArea
  }

  /// The figures of counted decisions.
  ///
  /// - Parameters:
  ///   - rightAccepted: right local answers that were accepted.
  ///   - wrongAccepted: wrong ones that were accepted.
  ///   - rightOffloaded: samples that were offloaded although the local answer was right.
  ///   - samples: all samples.
  ///   - auroc: the area under the ROC curve, 0 to 1; nil where there are no scores.
  ///   - riskCoverageArea: the area under the risk-coverage curve, 0 to 1; nil as above.
  public init(
    rightAccepted: Int, wrongAccepted: Int, rightOffloaded: Int, samples: Int,
    auroc: Double? = nil, riskCoverageArea: Double? = nil
  ) {
    let denominator = 2 * rightAccepted + wrongAccepted + rightOffloaded
    self.init(
      f1: denominator == 0 ? nil : Double(2 * rightAccepted) / Double(denominator),
      auroc: auroc,
      correctOffloaded: Double(rightOffloaded) / Double(samples),
      incorrectAccepted: Double(wrongAccepted) / Double(samples),
      riskCoverageArea: riskCoverageArea)
  }
}
