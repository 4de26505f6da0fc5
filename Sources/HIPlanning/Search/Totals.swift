/// What a policy does to all samples together: sums, not means.
struct Totals: Equatable, Sendable {
  var correct = 0
  var offloaded = 0
  var cost = Cost.zero

  static func + (left: Totals, right: Totals) -> Totals {
    Totals(
      correct: left.correct + right.correct, offloaded: left.offloaded + right.offloaded,
      cost: left.cost + right.cost)
  }

  static func - (left: Totals, right: Totals) -> Totals {
    left + Totals(correct: -right.correct, offloaded: -right.offloaded, cost: -1 * right.cost)
  }
}

/// A requirement and an objective in sums over a number of samples.
struct Limits: Sendable {
  let objective: Objective
  let correct: Int
  let offloaded: Int
  let cost: Cost

  init(_ requirement: Requirement, _ objective: Objective, samples: Int) {
    let n = Double(samples)
    // The slack absorbs what a decimal fraction loses in binary.
    let slack = 1e-9
    self.objective = objective
    correct = Int(((requirement.minimumAccuracy ?? 0) * n - slack).rounded(.up))
    offloaded = Int(((requirement.maximumOffloadFraction ?? 1) * n + slack).rounded(.down))
    cost = Cost(
      latencyMs: requirement.maximumLatencyMs.map { $0 * n * (1 + slack) } ?? .infinity,
      energyMj: requirement.maximumEnergyMj.map { $0 * n * (1 + slack) } ?? .infinity)
  }

  /// What is made small; for the objective accuracy, minus the right answers.
  func value(_ totals: Totals) -> Double {
    switch objective {
    case .latency: totals.cost.latencyMs
    case .energy: totals.cost.energyMj
    case .offloadFraction: Double(totals.offloaded)
    case .accuracy: -Double(totals.correct)
    }
  }

  func allows(_ totals: Totals) -> Bool {
    totals.correct >= correct && totals.offloaded <= offloaded
      && totals.cost.latencyMs <= cost.latencyMs && totals.cost.energyMj <= cost.energyMj
  }

  /// How many more offloads than a cell's base the cost limits allow; negative for none at all.
  func offloadsLeft(_ base: Totals, offload: Cost) -> Int {
    var left = offloaded - base.offloaded
    for (limit, used, each) in [
      (cost.latencyMs, base.cost.latencyMs, offload.latencyMs),
      (cost.energyMj, base.cost.energyMj, offload.energyMj),
    ] where limit.isFinite {
      if used > limit { return -1 }
      if each > 0 { left = min(left, Int(min((limit - used) / each, 1e15))) }
    }
    return left
  }

  /// The cost of an offload in the objective's unit; 0 for the objective accuracy.
  func offloadValue(_ offload: Cost) -> Double {
    switch objective {
    case .latency: offload.latencyMs
    case .energy: offload.energyMj
    case .offloadFraction: 1
    case .accuracy: 0
    }
  }

  /// Whether one policy is better than another: the objective first, then right answers, then fewer
  /// offloads, then latency.
  func prefers(_ left: Totals, to right: Totals) -> Bool {
    let a = value(left)
    let b = value(right)
    if a < b - 1e-9 * max(1, abs(b)) { return true }
    if a > b + 1e-9 * max(1, abs(b)) { return false }
    if left.correct != right.correct { return left.correct > right.correct }
    if left.offloaded != right.offloaded { return left.offloaded < right.offloaded }
    return left.cost.latencyMs < right.cost.latencyMs - 1e-9
  }
}
