public import HITrace

/// The paper's method and ours on the same answers and the same costs, over random halvings.
///
/// The accuracy requirement of a halving is what the paper's HI (the base model, the logistic regression
/// at 0.5) reaches on the calibration half, less one point. The paper's method is EE-HI with brute-force
/// thresholds in steps of 0.01 and the logistic regression at 0.5. Ours is `joint`, and where the trace
/// has a second look, `joint` with it, whichever costs less on the calibration half. All are calibrated on
/// one half and reported on the other.
public struct MethodComparison: Codable, Sendable, Equatable {
  /// What one method does: means over the halvings.
  public struct Method: Codable, Sendable, Equatable {
    /// LPI in ms, or EPI in mJ.
    public var cost: Double
    /// Accuracy on the reported half.
    public var accuracy: Double
    /// Share of samples offloaded there.
    public var offloadFraction: Double
  }

  /// One objective, with both methods made for it.
  public struct Figures: Codable, Sendable, Equatable {
    /// The paper's method.
    public var paper: Method
    /// Our thresholds on the model's own exits alone.
    public var thresholds: Method
    /// Ours.
    public var ours: Method
    /// The oracle's bound at the required accuracy.
    public var oracle: Double
    /// `1 - ours / paper`.
    public var saving: Double
    /// From the 2.5th to the 97.5th percentile of the halvings' own savings. The halvings share their
    /// samples, so this is how much a halving matters, not how much other data would.
    public var savingInterval95: Interval
    /// Share of the distance from the paper's method to the oracle that ours closes.
    public var gapClosed: Double
  }

  /// How many halvings counted: those in which both methods met the requirement on their half.
  public var halvings: Int
  /// Mean accuracy requirement.
  public var requiredAccuracy: Double
  /// Both methods made for least latency, by LPI.
  public var latency: Figures
  /// Both methods made for least energy, by EPI; nil where the profile has no energies.
  public var energy: Figures?

  /// Compares the methods.
  ///
  /// - Parameters:
  ///   - trace: answers of the local model with early exits, with or without a second look.
  ///   - base: answers of the base model to the same samples, row by row; nil takes the model's last
  ///     own exit.
  ///   - profile: costs of the trace's exits.
  ///   - halvings: how many random halvings, seeded from 0.
  ///   - margin: how much more accuracy ours is asked for on the calibration half than the paper's
  ///     method. A search over more thresholds fits its half more closely and falls shorter on the other;
  ///     a margin makes the accuracies equal again.
  ///   - progress: called after each halving.
  /// - Throws: ``CalibrationError``.
  public init(
    _ trace: JoinedTrace, base: JoinedTrace? = nil, profile: CostProfile, halvings: Int = 20,
    margin: OwnMargin = .fixed(0), progress: () -> Void = {}
  ) throws(CalibrationError) {
    let base = base ?? trace.firstExits(trace.local.metadata.stageCount)
    guard base.local.sampleIndices == trace.local.sampleIndices else {
      throw .otherSamples(
        model: trace.local.metadata.modelName, base: base.local.metadata.modelName)
    }
    var required = 0.0
    var counted = 0
    var latencies: [Halving] = []
    var energies: [Halving] = []
    for seed in 0..<halvings {
      let contest = try MethodContest(
        trace, base: base, profile: profile, margin: margin,
        halves: Halves(count: trace.count, seed: UInt64(seed)))
      let latency = try contest.halving(.latency)
      let energy = profile.energySource == nil ? nil : try contest.halving(.energy)
      progress()
      guard let latency, profile.energySource == nil || energy != nil else { continue }
      counted += 1
      required += contest.required
      latencies.append(latency)
      if let energy { energies.append(energy) }
    }
    guard counted > 0 else { throw .search(.nothingToCompare(halvings: halvings)) }
    self.halvings = counted
    requiredAccuracy = required / Double(counted)
    latency = Figures(latencies)
    energy = energies.isEmpty ? nil : Figures(energies)
  }
}

extension MethodComparison {
  init(halvings: Int, requiredAccuracy: Double, latency: Figures, energy: Figures?) {
    self.halvings = halvings
    self.requiredAccuracy = requiredAccuracy
    self.latency = latency
    self.energy = energy
  }

  /// One halving's figures for one objective.
  struct Halving {
    var paper: Method
    var thresholds: Method
    var ours: Method
    var oracle: Double
  }
}

extension MethodComparison.Method {
  static func mean(_ methods: [Self]) -> Self {
    let count = Double(methods.count)
    return Self(
      cost: methods.reduce(0) { $0 + $1.cost } / count,
      accuracy: methods.reduce(0) { $0 + $1.accuracy } / count,
      offloadFraction: methods.reduce(0) { $0 + $1.offloadFraction } / count)
  }
}

extension MethodComparison.Figures {
  init(_ halvings: [MethodComparison.Halving]) {
    paper = .mean(halvings.map(\.paper))
    thresholds = .mean(halvings.map(\.thresholds))
    ours = .mean(halvings.map(\.ours))
    oracle = halvings.reduce(0) { $0 + $1.oracle } / Double(halvings.count)
    saving = 1 - ours.cost / paper.cost
    gapClosed = (paper.cost - ours.cost) / (paper.cost - oracle)
    savingInterval95 = .percentiles(halvings.map { 1 - $0.ours.cost / $0.paper.cost })
  }
}
