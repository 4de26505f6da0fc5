import HIData
import HIModels
import HIPlanning
import HIReport
import HIRuntime
import HITrace
import HITransport
import HierarchicalInference

/// What a demo's page is made of: its live runs, and for the curves over thresholds every answer of
/// both models to the same samples.
struct DemoReport {
  let calibration: DemoCalibration
  let test: Dataset
  let indices: [Int]

  /// Asks every model about every sample once more, and judges the demo's policies on that.
  func material(_ runs: [MeasuredRun], remote: WireRemoteModel) async throws -> ReportMaterial {
    var material = ReportMaterial(
      title: "Fashion-MNIST by every strategy, live", provenance: .ofThisCommand)
    material.runs = runs
    material.dataset = test
    material.requirement = Requirement(minimumAccuracy: calibration.requiredAccuracy)
    let bar = ProgressBar("report", total: 3 * indices.count)
    defer { bar.finish() }
    let progress: @Sendable () -> Void = { bar.advance() }
    let answers = try await remote.record(
      test, indices: indices, served: remote.describe(deadline: .seconds(10)),
      deadline: .seconds(30), createdBy: "hi demo", progress: progress)
    var judged: [String: (trace: JoinedTrace, profile: CostProfile)] = [:]
    for candidate in calibration.candidates {
      let name = candidate.local.bundle.manifest.name
      if judged[name] == nil {
        let trace = try await JoinedTrace(
          local: candidate.local.record(
            test, indices: indices, createdBy: "hi demo", progress: progress),
          remote: answers.trace)
        let profile = try await candidate.local.measuredProfile(
          on: test, indices: Array(indices.prefix(1000)), offloads: answers.durations,
          link: "loopback")
        material.provenance.add(trace)
        material.provenance.add(profile)
        judged[name] = (trace, profile)
      }
      guard let (trace, profile) = judged[name] else { continue }
      material.candidates.append(
        try Candidate(candidate.strategy, candidate.policy, on: trace, profile: profile))
    }
    return material
  }
}
