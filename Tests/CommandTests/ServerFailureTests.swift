import Foundation
import HIData
import HIModels
import HIPlanning
import HIRuntime
import HITransport
import HierarchicalInference
import Testing

/// A server that is killed in the middle of a run, and comes back.
@Suite struct ServerFailureTests {
  private func serve(port: Int) async throws -> (RunningCommand, RemoteEndpoint) {
    let (server, listening) = try await RunningCommand.serve(
      [model("fashion-remote")], port: port)
    return (server, try RemoteEndpoint(listening.remote))
  }

  @Test func everySampleIsAnsweredOnceAndOffloadingResumesByItself() async throws {
    let (first, endpoint) = try await serve(port: 0)
    let test = try DatasetCatalogue().load("fashion-mnist", split: .test)
    let remote = WireRemoteModel(endpoint: endpoint)
    let classifier = try HierarchicalClassifier(
      local: OnDeviceModel(bundle: ModelBundle(at: model("fashion-tiny"))), remote: remote,
      policy: Policy(exits: [ExitRule(module: .acceptNone)]), deadline: .seconds(30))

    let before = try await classifier.run(test, indices: Array(0..<40), concurrency: 4)
    #expect(before.allSatisfy { $0.answeredBy == .remote })

    // Killed while requests are in flight: those and all that follow are answered here.
    async let during = classifier.run(test, indices: Array(40..<400), concurrency: 8)
    #expect(try await first.end(SIGKILL) == -SIGKILL)
    let answers = try await during
    #expect(answers.count == 360)
    let fallbacks = answers.filter { $0.answeredBy == .fallback }
    #expect(!fallbacks.isEmpty)
    #expect(answers.last?.answeredBy == .fallback)
    for (place, answer) in answers.enumerated() {
      #expect((0..<10).contains(answer.prediction), "sample \(40 + place)")
      if answer.answeredBy == .fallback {
        #expect(answer.prediction == answer.localAnswers.last?.prediction)
        #expect(answer.latency.total < .seconds(31))
      }
    }

    let (second, _) = try await serve(port: endpoint.port)
    let limit = ContinuousClock.now + .seconds(30)
    var resumed = false
    while !resumed, .now < limit {
      resumed = try await classifier.classify(test.sample(at: 1)).answeredBy == .remote
    }
    #expect(resumed, "offloading did not resume within 30 s of the server's return")
    let after = try await classifier.run(test, indices: Array(0..<40), concurrency: 4)
    #expect(after.map(\.prediction) == before.map(\.prediction))
    #expect(after.allSatisfy { $0.answeredBy == .remote })
    await remote.close()
    #expect(try await second.end(SIGTERM) == 0)
  }

  @Test func aServerThatIsNotThereCostsNoSampleAndTheRunSaysSo() async throws {
    let folder = try TemporaryFolder()
    for (name, out) in [("fashion-tiny", "l.hitrace"), ("fashion-remote", "r.hitrace")] {
      let recorded = try await Command.run(
        "trace", "record", "--model", model(name), "--data", "fashion-mnist", "--split",
        "calibration", "--samples", "400", "--out", folder.file(out))
      #expect(recorded.status == 0, "\(recorded.errors)")
    }
    let calibrated = try await Command.run(
      "calibrate", "--local", folder.file("l.hitrace"), "--remote", folder.file("r.hitrace"),
      "--out", folder.file("policy.json"))
    #expect(calibrated.status == 0, "\(calibrated.errors)")
    // So few samples teach the regression to accept everything; a threshold offloads for certain.
    var policy = try PolicyDocument(path: folder.file("policy.json"))
    policy.exits = [
      ExitRuleDocument(
        ExitRule(module: .confidence(ConfidenceThreshold(threshold: 0.9))))
    ]
    try policy.write(path: folder.file("policy.json"))
    // Port 1 of the loopback address: nothing listens there.
    let run = try await Command.run(
      "run", "--local", model("fashion-tiny"), "--remote", "hi://127.0.0.1:1", "--policy",
      folder.file("policy.json"), "--data", "fashion-mnist", "--samples", "300", "--json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("unreachable "), "\(run.errors)")
    struct Report: Decodable {
      struct Row: Decodable {
        let samples: Int
        let offloadFraction: Double
        let answeredBy: [String: Double]
        let fallbackReasons: [String: Int]
      }
      let strategies: [Row]
    }
    let row = try #require(
      JSONDecoder().decode(Report.self, from: Data(run.output.utf8)).strategies.first)
    #expect(row.samples == 300)
    #expect(row.offloadFraction > 0)
    #expect(row.answeredBy["fallback"] == row.offloadFraction)
    #expect(row.answeredBy["remote"] == 0)
    // Five failures in a row, and then the server is left alone but for probes.
    #expect(row.fallbackReasons["unreachable"].map { $0 >= 5 } == true)
    let counted = row.fallbackReasons.values.reduce(0, +)
    #expect(Double(counted) == row.offloadFraction * 300)
    #expect(Set(row.fallbackReasons.keys).isSubset(of: ["unreachable", "circuitOpen"]))
  }
}
