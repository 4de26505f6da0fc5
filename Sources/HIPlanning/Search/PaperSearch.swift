public import HITrace
public import HierarchicalInference

/// The paper's method (section 5.2): brute force over the early exits' confidence thresholds in steps
/// of 0.01, the decision module's threshold fixed.
///
/// It is the peer that ``ThresholdSearch`` is measured against, and the reference in its tests.
public struct PaperSearch: Sendable {
  /// What is optimised.
  public var objective: Objective
  /// What the policy must keep to.
  public var requirement: Requirement
  /// The thresholds that every early exit tries.
  public var thresholds: [Float]
  /// The thresholds that the decision module tries; nil for its own alone, 0.5 in the paper.
  public var decisionThresholds: [Float]?

  /// Makes a search over 0.00, 0.01 … 1.00.
  public init(_ objective: Objective, subjectTo requirement: Requirement) {
    self.objective = objective
    self.requirement = requirement
    thresholds = (0...100).map { Float($0) / 100 }
    decisionThresholds = nil
  }

  /// The best policy of the grid, or nil where none meets the requirement.
  ///
  /// - Parameters:
  ///   - decision: the last exit's module, with its threshold.
  ///   - trace: the calibration data.
  ///   - profile: what things cost.
  /// - Complexity: O(samples x grid points).
  public func best(
    decision: AnyDecisionModule, on trace: JoinedTrace, profile: CostProfile
  ) throws(SearchError) -> PolicyCandidate? {
    let template = SearchTemplate.earlyExitHierarchical(
      early: SearchTemplate.confidences(trace.exitCount - 1), decision: decision)
    let problem = try SearchProblem(
      ThresholdSearch(objective, subjectTo: requirement), template, trace, profile)
    var best: (thresholds: Thresholds, totals: Totals)?
    for last in decisionThresholds ?? [decision.threshold] {
      forEachPoint(trace.exitCount - 1) { point in
        let totals = problem.table.totals(point, decision: last)
        guard problem.limits.allows(totals) else { return }
        if let best, !problem.limits.prefers(totals, to: best.totals) { return }
        best = (
          Thresholds(
            exits: point.map { Thresholds.Pair(accept: $0, offloadBelow: -.infinity) },
            decision: last), totals
        )
      }
    }
    guard let best else { return nil }
    let policy = template.policy(best.thresholds)
    do {
      return PolicyCandidate(
        policy: policy, strategy: trace.exitCount == 1 ? .hi : .eeHi,
        evaluation: try PolicyEvaluation(policy, on: trace, profile: profile))
    } catch { throw .evaluation(error) }
  }

  private func forEachPoint(_ exits: Int, _ body: ([Float]) -> Void) {
    var indices = Array(repeating: 0, count: exits)
    while true {
      body(indices.map { thresholds[$0] })
      var exit = exits - 1
      while exit >= 0 {
        indices[exit] += 1
        if indices[exit] < thresholds.count { break }
        indices[exit] = 0
        exit -= 1
      }
      if exit < 0 { return }
    }
  }
}

extension ScoreTable {
  /// What thresholds give, sample by sample.
  func totals(_ accept: [Float], decision threshold: Float) -> Totals {
    var accepted = Array(repeating: 0, count: accept.count)
    var correct = 0
    var offloaded = 0
    var reached = 0
    for position in 0..<samples {
      var exit = 0
      while exit < accept.count, !(exits[exit].scores[position] >= accept[exit]) { exit += 1 }
      if exit < accept.count {
        accepted[exit] += 1
        correct += Int(exits[exit].right[position])
        continue
      }
      reached += 1
      if decision[position] >= threshold {
        correct += Int(lastRight[position])
      } else {
        offloaded += 1
        correct += Int(remoteRight[position])
      }
    }
    var cost = Double(reached) * lastCost + Double(offloaded) * offload
    for exit in accept.indices { cost = cost + Double(accepted[exit]) * exits[exit].cost }
    return Totals(correct: correct, offloaded: offloaded, cost: cost)
  }
}
