public import HIData
public import HierarchicalInference

/// The small model on the device, run exit by exit under a policy.
public protocol LocalModel: Sendable {
  /// How many exits it has; at least 1.
  var exitCount: Int { get }

  /// Runs the model on a sample until the policy settles it.
  ///
  /// Stages behind the exit at which the policy accepts or offloads are not run.
  ///
  /// - Parameters:
  ///   - sample: of the model's input type and shape.
  ///   - policy: one rule an exit of this model.
  /// - Throws: where the model cannot run on the sample; the error's text is a sentence.
  func run(_ sample: Sample, policy: Policy) async throws -> LocalOutcome
}

/// What the local model and the policy made of a sample.
public struct LocalOutcome: Sendable, Equatable {
  /// What the exits said that were run, from the first on; at least one.
  public let answers: [Observation]
  /// What the policy says after the last of them: accept or offload.
  public let verdict: Verdict
  /// How long the model and the decisions took, on the thread that ran them.
  public let duration: Duration
  /// The part of `duration` that the policy took: observing logits and deciding.
  public let decisionDuration: Duration

  /// Makes an outcome.
  ///
  /// - Precondition: at least one answer.
  public init(
    answers: [Observation], verdict: Verdict, duration: Duration, decisionDuration: Duration
  ) {
    precondition(!answers.isEmpty, "a local model that ran has answered at one exit or more")
    self.answers = answers
    self.verdict = verdict
    self.duration = duration
    self.decisionDuration = decisionDuration
  }

  /// What the deepest exit that was run said.
  public var newest: Observation { answers[answers.count - 1] }
}
