import HIData
import HIPlanning
import HIRuntime
import HITrace
import HITransport
import HierarchicalInference

/// How the demo chooses every strategy's policy, on the calibration split alone.
///
/// The strategies that offload get one requirement: the accuracy of the local model plus four fifths of
/// what the remote model adds to it. HI, the paper's decision module on the model without exits, meets
/// it with the fewest offloads; EE-HI and joint meet it with the least latency by the costs measured
/// here. EE cannot offload: it keeps the local model's accuracy with the least latency.
struct DemoCalibration {
  /// One strategy ready to run.
  struct Candidate {
    let strategy: Strategy
    let local: OnDeviceModel
    let policy: Policy
  }

  let candidates: [Candidate]
  /// The accuracy that offloading strategies were asked for.
  let requiredAccuracy: Double

  init(
    plain: OnDeviceModel, withExits: OnDeviceModel, remote: WireRemoteModel, data: Dataset
  ) async throws {
    let all = Array(0..<data.count)
    let bar = ProgressBar("calibrating", total: 3 * data.count)
    defer { bar.finish() }
    let progress: @Sendable () -> Void = { bar.advance() }
    let answers = try await remote.record(
      data, indices: all, served: remote.describe(deadline: .seconds(10)), deadline: .seconds(30),
      createdBy: "hi demo", progress: progress)
    let single = try await JoinedTrace(
      local: plain.record(data, indices: all, createdBy: "hi demo", progress: progress),
      remote: answers.trace)
    let staged = try await JoinedTrace(
      local: withExits.record(data, indices: all, createdBy: "hi demo", progress: progress),
      remote: answers.trace)
    let profile = try await withExits.measuredProfile(
      on: data, indices: Array(all.prefix(1000)), offloads: answers.durations, link: "loopback")

    let local = single.local.accuracy(exit: 0)
    requiredAccuracy = local + 0.8 * max(0, single.remote.accuracy(exit: 0) - local)
    let requirement = Requirement(minimumAccuracy: requiredAccuracy)
    let trainer = LogisticRegressionTraining()
    let decision = AnyDecisionModule.binaryLogistic(try trainer.binaryLogistic(staged.local))
    let early = SearchTemplate.confidences(staged.exitCount - 1)

    let hi = try ThresholdSearch(.offloadFraction, subjectTo: requirement).best(
      .hierarchical(.binaryLogistic(try trainer.binaryLogistic(single.local)), exitCount: 1),
      on: single, profile: nil)
    let ee = try ThresholdSearch(.latency, subjectTo: Requirement(minimumAccuracy: local)).best(
      .earlyExit(early), on: staged, profile: profile)
    let fastest = ThresholdSearch(.latency, subjectTo: requirement)
    let eeHi = try fastest.best(
      .earlyExitHierarchical(early: early, decision: decision), on: staged, profile: profile)
    let joint = try fastest.best(
      .joint(early: early, decision: decision), on: staged, profile: profile)
    candidates = [
      Candidate(strategy: .onDevice, local: plain, policy: .onDevice),
      Candidate(strategy: .remote, local: plain, policy: .remoteOnly),
      Candidate(strategy: .hi, local: plain, policy: hi.candidate.policy),
      Candidate(strategy: .ee, local: withExits, policy: ee.candidate.policy),
      Candidate(strategy: .eeHi, local: withExits, policy: eeHi.candidate.policy),
      Candidate(strategy: .joint, local: withExits, policy: joint.candidate.policy),
    ]
  }
}
