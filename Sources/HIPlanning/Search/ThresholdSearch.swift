public import HITrace
internal import HierarchicalInference

/// Chooses the thresholds of a policy under a QoS requirement.
///
///     let search = ThresholdSearch(.latency, subjectTo: Requirement(minimumAccuracy: 0.9))
///     let result = try search.best(.joint(early: modules, decision: lr), on: calibration, profile: pi)
///
/// Without open early exits the search is exact over all distinct thresholds of the decision module.
/// With one or two it is exact over a grid of the early exits' thresholds, exact over all distinct
/// thresholds of the decision for every grid point, and then polished exit by exit on a finer grid.
/// With more than two it is polished from several starting points. The paper's own grid, 0.01 steps of
/// the exits' thresholds, is among the candidates of `ee-hi`, so that its brute force finds no better
/// policy; and `joint` starts from the best `ee-hi` policy.
public struct ThresholdSearch: Sendable {
  /// What is optimised.
  public var objective: Objective
  /// What the policy must keep to.
  public var requirement: Requirement
  /// How many candidate thresholds an exit gets in the grid of one open exit, of two open exits and in
  /// the polishing.
  public var resolution: Resolution

  /// Numbers of candidate thresholds.
  public struct Resolution: Sendable, Equatable {
    /// Candidates where an exit's thresholds are tried against nothing else, and in polishing.
    public var fine: Int
    /// Candidates of the last open exit within a grid over two.
    public var inner: Int
    /// Candidates of the first open exit within a grid over two.
    public var outer: Int

    /// Makes a resolution.
    public init(fine: Int = 256, inner: Int = 64, outer: Int = 32) {
      self.fine = fine
      self.inner = inner
      self.outer = outer
    }
  }

  /// Makes a search.
  public init(
    _ objective: Objective, subjectTo requirement: Requirement = Requirement(),
    resolution: Resolution = Resolution()
  ) {
    self.objective = objective
    self.requirement = requirement
    self.resolution = resolution
  }

  /// The best policy of a template.
  ///
  /// - Parameters:
  ///   - template: modules and freedoms; its decision module is trained already.
  ///   - trace: the calibration data.
  ///   - profile: what things cost; nil only where neither objective nor requirement ask for latency
  ///     or energy.
  /// - Throws: ``SearchError``.
  /// - Complexity: O(n) without open exits for n samples (after a radix sort); with open exits
  ///   O(grid points x sqrt n) for typical data.
  public func best(
    _ template: SearchTemplate, on trace: JoinedTrace, profile: CostProfile?
  ) throws(SearchError) -> SearchResult {
    let problem = try SearchProblem(self, template, trace, profile)
    if let thresholds = problem.solve() {
      return .found(try candidate(template, thresholds, trace, profile))
    }
    var relaxed = self
    relaxed.requirement.minimumAccuracy = nil
    relaxed.objective = .accuracy
    if let thresholds = try SearchProblem(relaxed, template, trace, profile).solve() {
      return .notMet(nearest: try candidate(template, thresholds, trace, profile))
    }
    relaxed.requirement = Requirement()
    relaxed.objective = leastOfWhatIsLimited
    let thresholds = try SearchProblem(relaxed, template, trace, profile).solve()
    return .notMet(
      nearest: try candidate(
        template, thresholds ?? template.acceptingEverything, trace, profile))
  }

  private var leastOfWhatIsLimited: Objective {
    if requirement.maximumLatencyMs != nil { return .latency }
    return requirement.maximumEnergyMj != nil ? .energy : .offloadFraction
  }

  private func candidate(
    _ template: SearchTemplate, _ thresholds: Thresholds, _ trace: JoinedTrace,
    _ profile: CostProfile?
  ) throws(SearchError) -> PolicyCandidate {
    let policy = template.policy(thresholds)
    do {
      return PolicyCandidate(
        policy: policy, strategy: template.strategy,
        evaluation: try PolicyEvaluation(policy, on: trace, profile: profile))
    } catch { throw .evaluation(error) }
  }

  /// What a search that asks for costs needs a profile for; nil where it asks for none.
  var asksForCosts: String? {
    if objective == .latency || requirement.maximumLatencyMs != nil { return "bounds latency" }
    if objective == .energy || requirement.maximumEnergyMj != nil { return "bounds energy" }
    return nil
  }
}

extension SearchTemplate {
  /// Thresholds that accept every answer at the first open exit.
  var acceptingEverything: Thresholds {
    Thresholds(
      exits: openExits.map { _ in Thresholds.Pair(accept: -.infinity, offloadBelow: -.infinity) },
      decision: -.infinity)
  }
}
