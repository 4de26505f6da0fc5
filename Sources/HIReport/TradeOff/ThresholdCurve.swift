internal import HIPlanning
internal import HITrace
internal import HierarchicalInference

/// What a strategy does at each of a row of thresholds, on the data that figures are reported on: its
/// curve in the paper's Figure 7. Nothing is chosen here.
struct ThresholdCurve: Sendable {
  /// One threshold.
  struct Point: Sendable, Equatable {
    let threshold: Double
    let evaluation: PolicyEvaluation
  }

  let strategy: Strategy
  /// What the threshold is of.
  let thresholdName: String
  let points: [Point]

  /// The paper's steps, from 0.5 until nothing stops early any more.
  private static let confidences = (0...25).map { 0.5 + Double($0) * 0.02 }

  /// The curve of HI, EE or EE-HI; nil for a candidate that is none of them, or without costs.
  init?(_ candidate: Candidate) {
    guard candidate.profile != nil else { return nil }
    strategy = candidate.strategy
    switch candidate.strategy {
    case .hi:
      guard let decision = candidate.decision else { return nil }
      thresholdName = "decision threshold"
      points = Self.thresholds(decision, on: candidate.trace).compactMap { threshold in
        var module = decision
        module.threshold = threshold
        return Self.point(
          Double(threshold), .hierarchical(module, exitCount: candidate.trace.exitCount), candidate)
      }
    case .ee, .eeHi:
      guard candidate.trace.exitCount > 1, let last = candidate.policy.exits.last else {
        return nil
      }
      thresholdName = "confidence threshold of the early exits"
      points = Self.confidences.compactMap { confidence in
        let early = Array(
          repeating: AnyDecisionModule.confidence(
            ConfidenceThreshold(threshold: Float(confidence))),
          count: candidate.trace.exitCount - 1)
        return Self.point(confidence, .earlyExits(early, then: last.module), candidate)
      }
    case .onDevice, .remote, .joint: return nil
    }
    if points.isEmpty { return nil }
  }

  private static func point(
    _ threshold: Double, _ policy: Policy, _ candidate: Candidate
  ) -> Point? {
    let evaluation = try? PolicyEvaluation(
      policy, on: candidate.trace, profile: candidate.profile)
    return evaluation.map { Point(threshold: threshold, evaluation: $0) }
  }

  /// Thresholds at the quantiles of the scores, from accepting everything to accepting nothing.
  private static func thresholds(
    _ module: AnyDecisionModule, on trace: JoinedTrace
  ) -> [Float] {
    let width = trace.exitCount
    let observations = trace.local.observations.span
    let scores = (0..<trace.count).map {
      module.score(observations.extracting($0 * width..<($0 + 1) * width))
    }.filter { !$0.isNaN }.sorted()
    guard let least = scores.first, let most = scores.last else { return [] }
    // Most of what matters happens where few samples are offloaded.
    let shares = (0...39).map { (Double($0) / 39) * (Double($0) / 39) }
    var thresholds = shares.map { scores[Int($0 * Double(scores.count - 1))] }
    thresholds[0] = least
    thresholds.append(most.nextUp)
    return thresholds.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }
}
