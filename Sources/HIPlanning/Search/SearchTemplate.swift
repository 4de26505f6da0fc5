public import HierarchicalInference

/// A policy whose thresholds are still open: which module scores each exit, and what each exit may do.
///
///     let template = SearchTemplate.joint(
///       early: [.confidence(ConfidenceThreshold(threshold: 0))], decision: .binaryLogistic(regression))
public struct SearchTemplate: Sendable, Equatable {
  /// The strategy that the template stands for.
  public let strategy: Strategy
  /// One module an early exit, whose threshold is open; `.acceptNone` for an exit that never stops.
  public let early: [AnyDecisionModule]
  /// The last exit's module, whose threshold is open; `.acceptAll` for one that never offloads.
  public let decision: AnyDecisionModule

  /// The paper's HI: only the last exit decides.
  public static func hierarchical(
    _ decision: AnyDecisionModule, exitCount: Int
  ) -> SearchTemplate {
    SearchTemplate(
      strategy: .hi, early: Array(repeating: .acceptNone, count: exitCount - 1),
      decision: decision)
  }

  /// The paper's EE: early exits accept, nothing is offloaded.
  public static func earlyExit(_ early: [AnyDecisionModule]) -> SearchTemplate {
    SearchTemplate(strategy: .ee, early: early, decision: .acceptAll)
  }

  /// The paper's EE-HI: early exits accept, the last exit decides.
  public static func earlyExitHierarchical(
    early: [AnyDecisionModule], decision: AnyDecisionModule
  ) -> SearchTemplate {
    SearchTemplate(strategy: .eeHi, early: early, decision: decision)
  }

  /// Ours: every exit accepts, continues or offloads.
  public static func joint(
    early: [AnyDecisionModule], decision: AnyDecisionModule
  ) -> SearchTemplate {
    SearchTemplate(strategy: .joint, early: early, decision: decision)
  }

  /// Confidence at every early exit, as in the paper.
  public static func confidences(_ count: Int) -> [AnyDecisionModule] {
    Array(repeating: .confidence(ConfidenceThreshold(threshold: 1)), count: count)
  }

  /// Whether early exits may offload.
  var offloadsEarly: Bool { strategy == .joint }
  /// Whether the last exit may offload.
  var offloadsAtEnd: Bool { strategy != .ee }

  /// The early exits, from 0, whose thresholds are open.
  var openExits: [Int] {
    early.indices.filter { early[$0] != .acceptNone }
  }

  /// The policy of thresholds.
  func policy(_ thresholds: Thresholds) -> Policy {
    var rules = early.map { ExitRule(module: $0) }
    for (exit, pair) in zip(openExits, thresholds.exits) {
      if pair.accept == .infinity {
        rules[exit] = ExitRule(module: early[exit], offloadBelow: pair.offloadBelow)
        rules[exit].module.threshold = .infinity
        if pair.offloadBelow == -.infinity { rules[exit] = ExitRule(module: .acceptNone) }
      } else {
        rules[exit].module.threshold = pair.accept
        rules[exit].offloadBelow = pair.offloadBelow
      }
    }
    var last = decision
    last.threshold = thresholds.decision
    return Policy(exits: rules + [ExitRule(module: last)])
  }
}

/// Values for a template's open thresholds.
struct Thresholds: Sendable, Equatable {
  /// One early exit's pair.
  struct Pair: Sendable, Equatable {
    var accept: Float
    var offloadBelow: Float
  }
  /// One pair an open exit.
  var exits: [Pair]
  /// The last exit's threshold.
  var decision: Float
}
