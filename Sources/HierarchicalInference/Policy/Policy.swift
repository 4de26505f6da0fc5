/// What happens with a sample after an exit has answered.
public enum Verdict: UInt8, Sendable, Equatable {
  /// The exit's answer is the answer.
  case accept
  /// The local model goes on to its next exit.
  case `continue`
  /// The sample goes to the remote model, and the rest of the local model is not run.
  case offload
}

/// The rule of one exit: from an accept threshold upwards its answer is taken, below an offload
/// threshold the sample is sent away at once, and between the two the local model goes on.
public struct ExitRule: Sendable, Equatable {
  /// Scores the answer and holds the accept threshold.
  public var module: AnyDecisionModule
  /// Scores below this offload at once (offload-early); minus infinity, the paper's way, never does.
  public var offloadBelow: Float
  /// What the exit's logits are divided by before the softmax (temperature scaling, Guo et al., 2017);
  /// 1 leaves them as they are.
  public var temperature: Float

  /// Makes a rule.
  ///
  /// - Parameters:
  ///   - module: scores the exit's answer; its threshold accepts.
  ///   - offloadBelow: the score below which the sample is offloaded without running the rest of the
  ///     local model. The last exit has no rest: what it does not accept it offloads.
  ///   - temperature: the exit's, positive.
  public init(
    module: AnyDecisionModule, offloadBelow: Float = -.infinity, temperature: Float = 1
  ) {
    self.module = module
    self.offloadBelow = offloadBelow
    self.temperature = temperature
  }
}

/// Everything that decides on a sample: one rule an exit, the last of them the decision module.
///
///     let policy = Policy(exits: [
///       ExitRule(module: .confidence(ConfidenceThreshold(threshold: 0.81))),
///       ExitRule(module: .binaryLogistic(regression)),
///     ])
///     switch policy.verdict(after: answers.span) { … }
///
/// The paper's strategies are policies: on-device accepts everything at its only exit; HI has the
/// binary logistic regression there; EE has confidence thresholds and accepts everything at the last
/// exit; EE-HI has both. A policy without exits runs no local model and offloads every sample: remote
/// inference.
public struct Policy: Sendable, Equatable {
  /// One rule an exit of the local model, in the order in which they are run.
  public var exits: [ExitRule]

  /// Makes a policy of one rule an exit; no rules mean remote inference.
  public init(exits: [ExitRule]) {
    self.exits = exits
  }

  /// Remote inference: no local model is run.
  public static let remoteOnly = Policy(exits: [])

  /// On-device inference with a single exit: every answer is accepted.
  public static let onDevice = Policy(exits: [ExitRule(module: .acceptAll)])

  /// Whether the local model is run at all.
  public var runsLocalModel: Bool { !exits.isEmpty }

  /// What happens after the newest answer.
  ///
  /// A NaN score is neither accepted nor below a threshold: an early exit then goes on, and the last
  /// exit offloads.
  ///
  /// - Parameter answers: what exits 1 to k said, k from 1 to `exits.count`.
  /// - Complexity: that of the exit's module; allocation-free.
  public func verdict(after answers: Span<Observation>) -> Verdict {
    precondition(
      answers.count >= 1 && answers.count <= exits.count, "a policy has one rule an exit")
    let rule = exits[answers.count - 1]
    if case .acceptAll = rule.module { return answers.newest.isValid ? .accept : invalid(answers) }
    if case .acceptNone = rule.module, answers.count < exits.count, rule.offloadBelow == -.infinity
    {
      return .continue
    }
    let score = rule.module.score(answers)
    if score >= rule.module.threshold { return .accept }
    if answers.count == exits.count || score < rule.offloadBelow { return .offload }
    return .continue
  }

  /// An exit that gave no numbers settles nothing.
  private func invalid(_ answers: Span<Observation>) -> Verdict {
    answers.count == exits.count ? .offload : .continue
  }
}
