public import HITrace

extension ThresholdSearch {
  /// Policies of which none is beaten in both accuracy and the objective: the Pareto front.
  ///
  /// For each of evenly spaced accuracies between the least and the most that the other limits of the
  /// requirement allow, the best policy of that accuracy is searched; the requirement's own accuracy
  /// is not used.
  ///
  /// - Parameters:
  ///   - template: the modules whose thresholds are searched.
  ///   - trace: calibration data.
  ///   - profile: what exits and offloads cost; needed where the objective or a limit is a cost.
  ///   - points: how many accuracies are tried, at least 2.
  /// - Returns: candidates in ascending order of accuracy and of cost.
  /// - Precondition: the objective is not accuracy.
  public func paretoFront(
    _ template: SearchTemplate, on trace: JoinedTrace, profile: CostProfile?, points: Int = 25
  ) throws(SearchError) -> [PolicyCandidate] {
    precondition(objective != .accuracy, "a front needs an objective beside accuracy")
    var search = self
    search.requirement.minimumAccuracy = nil
    let cheapest = try search.best(template, on: trace, profile: profile)
    guard cheapest.isMet else { return [] }
    search.objective = .accuracy
    let surest = try search.best(template, on: trace, profile: profile).candidate
    search.objective = objective
    var front = [cheapest.candidate]
    let low = cheapest.candidate.evaluation.accuracy
    let high = surest.evaluation.accuracy
    for step in 1..<max(points, 2) {
      search.requirement.minimumAccuracy =
        low + (high - low) * Double(step) / Double(max(points, 2) - 1)
      if case .found(let candidate) = try search.best(template, on: trace, profile: profile),
        candidate.evaluation.correct > front[front.count - 1].evaluation.correct
      {
        // A grid may miss at one accuracy what it finds at a higher one.
        front.removeAll { value($0.evaluation) >= value(candidate.evaluation) }
        front.append(candidate)
      }
    }
    return front
  }

  private func value(_ evaluation: PolicyEvaluation) -> Double {
    switch objective {
    case .latency: evaluation.lpiMs ?? 0
    case .energy: evaluation.epiMj ?? 0
    case .offloadFraction, .accuracy: evaluation.offloadFraction
    }
  }
}
