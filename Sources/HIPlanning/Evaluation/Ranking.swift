/// Quality of a score as a ranking of right answers above wrong ones, whatever the threshold.
public enum Ranking {
  /// The area under the receiver operating characteristic: the probability that a right answer scores
  /// higher than a wrong one, ties counted half (Mann and Whitney, 1947).
  ///
  /// - Parameters:
  ///   - scores: higher is surer; NaN ranks below every number.
  ///   - isRight: one a score.
  /// - Returns: 0 to 1, or nil where all answers are right or all are wrong.
  /// - Complexity: O(n).
  public static func areaUnderROC(scores: [Float], isRight: [Bool]) -> Double? {
    let rights = isRight.count { $0 }
    let wrongs = isRight.count - rights
    guard rights > 0, wrongs > 0 else { return nil }
    var wins = 0.0
    var wrongsBelow = 0
    for group in TieGroups(scores: scores) {
      let right = group.count { isRight[Int($0)] }
      let wrong = group.count - right
      wins += Double(right) * (Double(wrongsBelow) + Double(wrong) / 2)
      wrongsBelow += wrong
    }
    return wins / (Double(rights) * Double(wrongs))
  }

  /// The area under the risk-coverage curve: the mean over coverages 1/n, 2/n, … 1 of the error rate
  /// among the surest answers (Geifman et al., 2019); lower is better.
  ///
  /// Among equal scores the order is taken as random, which is its expectation.
  ///
  /// - Complexity: O(n).
  public static func riskCoverageArea(scores: [Float], isRight: [Bool]) -> Double? {
    guard !scores.isEmpty else { return nil }
    var area = 0.0
    var covered = 0.0
    var errors = 0.0
    for group in Array(TieGroups(scores: scores)).reversed() {
      let wrong = Double(group.count { !isRight[Int($0)] })
      let rate = wrong / Double(group.count)
      for step in 1...group.count {
        area += (errors + Double(step) * rate) / (covered + Double(step))
      }
      covered += Double(group.count)
      errors += wrong
    }
    return area / Double(scores.count)
  }
}

/// The positions of equal scores, lowest scores first; NaN scores are one group before all others.
struct TieGroups: Sequence, IteratorProtocol {
  private let scores: [Float]
  private let order: [Int32]
  private var start = 0

  init(scores: [Float]) {
    self.scores = scores
    order = ascendingOrder(of: scores)
  }

  mutating func next() -> ArraySlice<Int32>? {
    guard start < order.count else { return nil }
    let first = scores[Int(order[start])]
    var end = start + 1
    while end < order.count {
      let score = scores[Int(order[end])]
      guard score == first || (score != score && first != first) else { break }
      end += 1
    }
    defer { start = end }
    return order[start..<end]
  }
}
