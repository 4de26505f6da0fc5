internal import HIPlanning

/// The error rate among the answers that are kept, over how many are kept, for every threshold of a
/// score (Geifman et al., 2019).
struct RiskCoverage: Sendable, Equatable {
  /// What one threshold gives.
  struct Point: Sendable, Equatable {
    /// Share of samples whose local answer is kept.
    let coverage: Double
    /// Share of wrong ones among them.
    let risk: Double
  }

  /// Ascending in coverage, from the surest answers to all.
  let points: [Point]
  /// The error rate of all answers: the risk of keeping answers at random.
  let randomRisk: Double
  private let samples: Int
  private let wrong: Int

  /// - Precondition: at least one score; one answer a score.
  init(scores: [Float], isRight: [Bool]) {
    precondition(!scores.isEmpty && scores.count == isRight.count)
    samples = scores.count
    wrong = isRight.count { !$0 }
    randomRisk = Double(wrong) / Double(samples)
    // NaN, which no threshold accepts, is the least sure.
    let order = scores.indices.sorted { left, right in
      scores[left].isNaN ? false : scores[right].isNaN || scores[left] > scores[right]
    }
    var errors = 0
    var points: [Point] = []
    for (place, index) in order.enumerated() {
      errors += isRight[index] ? 0 : 1
      let isLastOfTie =
        place + 1 == order.count
        || scores[order[place + 1]] != scores[index]
          && !(scores[index].isNaN && scores[order[place + 1]].isNaN)
      if isLastOfTie {
        points.append(
          Point(
            coverage: Double(place + 1) / Double(samples), risk: Double(errors) / Double(place + 1)
          ))
      }
    }
    self.points = points
  }

  /// The risk of an oracle, which keeps the right answers first.
  func oracleRisk(coverage: Double) -> Double {
    let kept = coverage * Double(samples)
    return kept > 0 ? max(0, kept - Double(samples - wrong)) / kept : 0
  }

  /// The area under the curve: the mean risk over coverages 1/n to 1 for scores without ties.
  var area: Double {
    var area = 0.0
    var before = 0.0
    for point in points {
      area += point.risk * (point.coverage - before)
      before = point.coverage
    }
    return area
  }
}
