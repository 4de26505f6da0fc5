public import HierarchicalInference

/// The ways to use a local and a remote model: the paper's five, and ours.
public enum Strategy: String, Codable, Sendable, CaseIterable {
  /// The local model answers everything.
  case onDevice = "on-device"
  /// The remote model answers everything; no local model is run.
  case remote
  /// The whole local model, then accept or offload.
  case hi
  /// Early exits, no offloading.
  case ee
  /// Early exits, then accept or offload at the last exit.
  case eeHi = "ee-hi"
  /// Every exit accepts, continues or offloads, all thresholds tuned together.
  case joint
}

extension Policy {
  /// On-device inference with a model of several exits: only the last one answers.
  public static func onDevice(exitCount: Int) -> Policy {
    hierarchical(.acceptAll, exitCount: exitCount)
  }

  /// Hierarchical inference without early exits: the decision module decides at the last exit.
  ///
  /// - Parameters:
  ///   - module: looks at the last exit's answer.
  ///   - exitCount: how many exits the local model has; earlier ones never stop a sample.
  public static func hierarchical(_ module: AnyDecisionModule, exitCount: Int) -> Policy {
    earlyExits(
      Array(repeating: .acceptNone, count: exitCount - 1), then: module)
  }

  /// Early exits before a last exit: the paper's EE with `.acceptAll` there, EE-HI with a decision
  /// module.
  public static func earlyExits(
    _ early: [AnyDecisionModule], then last: AnyDecisionModule
  ) -> Policy {
    Policy(exits: (early + [last]).map { ExitRule(module: $0) })
  }
}
