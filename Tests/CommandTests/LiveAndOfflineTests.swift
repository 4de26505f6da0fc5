import Foundation
import HIData
import HIModels
import HIPlanning
import HIRuntime
import HIServing
import HITrace
import HITransport
import HierarchicalInference
import Testing

/// The same decisions live, over real sockets, and offline, from traces.
@Suite struct LiveAndOfflineTests {
  @Test(arguments: [
    ("fashion-tiny", 0.0, false), ("fashion-tiny-ee", 0.85, false), ("fashion-tiny-ee", 0.85, true),
  ])
  func agreeOnEverySample(
    name: String, earlyThreshold: Double, secondLook: Bool
  ) async throws {
    let localBundle = try ModelBundle(at: model(name))
    let remoteBundle = try ModelBundle(at: model("fashion-remote"))
    let catalogue = DatasetCatalogue()
    let calibration = try catalogue.load("fashion-mnist", split: .calibration)
    let test = try catalogue.load("fashion-mnist", split: .test)
    let indices = Array(stride(from: 0, to: test.count, by: 25))

    let local = try OnDeviceModel(bundle: localBundle, secondLook: secondLook)
    let regression = try await LogisticRegressionTraining().binaryLogistic(
      local.record(calibration, indices: Array(0..<2000), createdBy: "a test"))
    var exits = [ExitRule](
      repeating: ExitRule(
        module: .confidence(ConfidenceThreshold(threshold: Float(earlyThreshold))),
        offloadBelow: 0.4),
      count: local.exitCount - 1)
    exits.append(ExitRule(module: .binaryLogistic(regression)))
    let policy = Policy(exits: exits)

    let server = try await HIServer.start(backend: BundleBackend(bundle: remoteBundle))
    let remote = WireRemoteModel(endpoint: server.endpoint)
    let classifier = try HierarchicalClassifier(
      local: local, remote: remote, policy: policy, deadline: .seconds(30))
    let live = try await classifier.run(test, indices: indices, concurrency: 4)
    await remote.close()
    await server.shutdown(drain: .seconds(5))

    let joined = try await JoinedTrace(
      local: local.record(test, indices: indices, createdBy: "a test"),
      remote: OnDeviceModel(bundle: remoteBundle)
        .record(test, indices: indices, createdBy: "a test"))
    for (row, result) in live.enumerated() {
      let answers = Array(joined.local.answers(row))
      var verdict = Verdict.continue
      var exit = 0
      while verdict == .continue {
        exit += 1
        verdict = policy.verdict(after: answers[0..<exit].span)
      }
      #expect(result.localAnswers == Array(answers[0..<exit]), "sample \(indices[row])")
      #expect(result.wasOffloaded == (verdict == .offload), "sample \(indices[row])")
      #expect(
        result.prediction
          == (verdict == .accept
            ? answers[exit - 1].prediction : joined.remote.prediction(sample: row, exit: 0)),
        "sample \(indices[row])")
    }
    let offline = try PolicyEvaluation(policy, on: joined)
    let row = StrategyRow(
      strategy: "hi", results: live, labels: indices.map { test.labels[$0] },
      exitCount: local.exitCount)
    #expect(row.accuracy == offline.accuracy)
    #expect(row.offloadFraction == offline.offloadFraction)
    #expect(row.answeredBy == offline.row(strategy: "hi").answeredBy)
    #expect(offline.offloaded > 0 && offline.offloaded < offline.samples / 2)
  }
}
