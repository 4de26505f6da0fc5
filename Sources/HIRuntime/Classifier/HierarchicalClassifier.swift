public import HIData
internal import HIPlanning
public import HITransport
public import HierarchicalInference
public import Tracing

/// Hierarchical inference on the device: a small local model answers, a policy accepts or offloads,
/// a large remote model answers what was offloaded.
///
///     let classifier = try HierarchicalClassifier(
///       local: localModel, remote: remoteModel, policy: policy, deadline: .milliseconds(250))
///     let answer = try await classifier.classify(sample)
///     print(answer.prediction, answer.answeredBy)
///
/// Every call gives exactly one answer or throws. A remote model that is down, slow or overloaded
/// costs at most the deadline: then the local answer is given, marked ``Answerer/fallback`` with the
/// reason. Nothing is remembered between calls, so offloading resumes with the first call that the
/// remote model answers again.
public struct HierarchicalClassifier<Local: LocalModel, Remote: RemoteModel>: Sendable {
  /// The model on the device.
  public let local: Local
  /// The model that offloaded samples go to.
  public let remote: Remote
  /// Decides after every exit.
  public let policy: Policy
  /// The most time from a call to its answer.
  public let deadline: Duration
  /// The part of the deadline that is kept for running the local model as the fallback of a sample
  /// for which it has not been run to its end.
  public let fallbackReserve: Duration
  let tracer: (any Tracer)?

  /// Puts the parts together.
  ///
  /// - Parameters:
  ///   - local: the model on this device.
  ///   - remote: the model elsewhere.
  ///   - policy: decides at every exit of the local model.
  ///   - deadline: the most time from a call to its answer; what the local model leaves of it is what
  ///     the remote model gets.
  ///   - fallbackReserve: see the property; nil means a tenth of the deadline.
  ///   - tracer: makes a span of every sample; nil where nobody traces.
  /// - Throws: ``ClassifierError/policyMismatch(rules:exits:)`` where the policy has not one rule an
  ///   exit.
  public init(
    local: Local, remote: Remote, policy: Policy, deadline: Duration,
    fallbackReserve: Duration? = nil, tracer: (any Tracer)? = nil
  ) throws(ClassifierError) {
    guard !policy.runsLocalModel || policy.exits.count == local.exitCount else {
      throw .policyMismatch(rules: policy.exits.count, exits: local.exitCount)
    }
    self.local = local
    self.remote = remote
    self.policy = policy
    self.deadline = deadline
    self.fallbackReserve = fallbackReserve ?? deadline / 10
    self.tracer = tracer
  }

  /// Classifies one sample.
  ///
  /// - Throws: ``ClassifierError/noAnswer(_:)`` where the remote model did not answer and the local
  ///   one gave no numbers; the local model's own error where it cannot run on the sample;
  ///   `CancellationError` where the task was cancelled.
  public func classify(_ sample: Sample) async throws -> Classification {
    guard let tracer else { return try await answer(sample) }
    return try await ClassificationSpan(by: tracer).within { try await answer(sample) }
  }

  private func answer(_ sample: Sample) async throws -> Classification {
    let start = ContinuousClock.now
    guard policy.runsLocalModel else {
      return try await offload(sample, after: nil, since: start)
    }
    let outcome = try await local.run(sample, policy: policy)
    guard outcome.verdict != .accept else {
      let newest = outcome.newest
      return Classification(
        prediction: newest.prediction, confidence: newest.confidence,
        answeredBy: outcome.answers.count < local.exitCount
          ? .earlyExit(outcome.answers.count) : .local,
        reason: .accepted, localAnswers: outcome.answers, remoteAnswer: nil,
        latency: LatencyBreakdown(
          total: .now - start, local: outcome.duration - outcome.decisionDuration,
          decision: outcome.decisionDuration, offload: nil))
    }
    return try await offload(sample, after: outcome, since: start)
  }

  private func offload(
    _ sample: Sample, after outcome: LocalOutcome?, since start: ContinuousClock.Instant
  ) async throws -> Classification {
    let ranToItsEnd = outcome?.answers.count == local.exitCount
    let sent = ContinuousClock.now
    let remaining = deadline - (sent - start) - (ranToItsEnd ? .zero : fallbackReserve)
    do throws(OffloadError) {
      guard remaining > .zero else { throw .deadlineExceeded }
      let answer = try await remote.classify(sample, deadline: remaining)
      let end = ContinuousClock.now
      return Classification(
        prediction: answer.prediction, confidence: answer.confidence, answeredBy: .remote,
        reason: .offloaded, localAnswers: outcome?.answers ?? [], remoteAnswer: answer,
        latency: LatencyBreakdown(
          total: end - start, outcome: outcome, offload: end - sent))
    } catch {
      let offload = ContinuousClock.now - sent
      try Task.checkCancellation()
      return try await fallBack(
        on: sample, after: outcome, ranToItsEnd: ranToItsEnd, because: error, since: start,
        offload: offload)
    }
  }

  /// The local answer in the remote one's place; the local model is run to its end for it where it
  /// has not been and time is left.
  private func fallBack(
    on sample: Sample, after outcome: LocalOutcome?, ranToItsEnd: Bool, because error: OffloadError,
    since start: ContinuousClock.Instant, offload: Duration
  ) async throws -> Classification {
    var final = outcome
    if final == nil || (!ranToItsEnd && deadline - (.now - start) > .zero) {
      final = try await local.run(sample, policy: .onDevice(exitCount: local.exitCount))
    }
    guard let final, final.newest.isValid else { throw ClassifierError.noAnswer(error) }
    return Classification(
      prediction: final.newest.prediction, confidence: final.newest.confidence,
      answeredBy: .fallback, reason: .offloadFailed(error), localAnswers: final.answers,
      remoteAnswer: nil,
      latency: LatencyBreakdown(total: .now - start, outcome: final, offload: offload))
  }
}

extension LatencyBreakdown {
  init(total: Duration, outcome: LocalOutcome?, offload: Duration) {
    self.init(
      total: total, local: outcome.map { $0.duration - $0.decisionDuration } ?? .zero,
      decision: outcome?.decisionDuration ?? .zero, offload: offload)
  }
}
