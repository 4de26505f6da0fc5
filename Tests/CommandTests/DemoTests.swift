import Foundation
import Testing

/// The document that DESIGN's command line promises; decoding it is the check of its keys.
private struct Report: Decodable {
  struct Row: Decodable {
    struct Latency: Decodable { let meanMs, p50Ms, p90Ms, p99Ms: Double }
    let strategy: String
    let samples: Int
    let accuracy: Double
    let offloadFraction: Double
    let latency: Latency
    let answeredBy: [String: Double]
  }
  let schema: String
  let dataset: String
  let strategies: [Row]
}

@Suite struct DemoTests {
  @Test func theDemoPrintsOneDocumentAndHIGainsWhatItIsFor() async throws {
    let result = try await Command.run("demo", "--samples", "400", "--seed", "3", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    #expect(report.schema == "hi/1")
    #expect(report.dataset == "fashion-mnist")
    let rows = Dictionary(uniqueKeysWithValues: report.strategies.map { ($0.strategy, $0) })
    let onDevice = try #require(rows["on-device"])
    let remote = try #require(rows["remote"])
    let hi = try #require(rows["hi"])
    for row in report.strategies {
      #expect(row.samples == 400)
      #expect(abs(row.answeredBy.values.reduce(0, +) - 1) < 1e-9)
      #expect(row.answeredBy["fallback"] == 0)
      #expect(row.latency.p50Ms <= row.latency.p90Ms && row.latency.p90Ms <= row.latency.p99Ms)
    }
    #expect(onDevice.offloadFraction == 0 && onDevice.answeredBy["local"] == 1)
    #expect(remote.offloadFraction == 1 && remote.answeredBy["remote"] == 1)
    #expect(hi.offloadFraction > 0 && hi.offloadFraction < 0.25)
    #expect(hi.answeredBy["remote"] == hi.offloadFraction)
    #expect(hi.accuracy >= onDevice.accuracy)
    #expect(hi.latency.meanMs < remote.latency.meanMs)
    #expect(
      report.strategies.map(\.strategy) == ["on-device", "remote", "hi", "ee", "ee-hi", "joint"])
    let ee = try #require(rows["ee"])
    #expect(ee.offloadFraction == 0 && (ee.answeredBy["exit1"] ?? 0) > 0.5)
  }

  /// EE-HI and joint are chosen by what inferences and offloads were measured to cost, so they may
  /// differ from run to run; the others must not.
  @Test func theSameSeedGivesTheSameAnswers() async throws {
    func accuracies() async throws -> [Double] {
      let result = try await Command.run("demo", "--samples", "60", "--seed", "9", "--json")
      let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
      return report.strategies.prefix(4).flatMap { [$0.accuracy, $0.offloadFraction] }
    }
    let first = try await accuracies()
    #expect(try await accuracies() == first)
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
  func howeverTheDemoEndsItsServerEndsToo(signal: Int32) async throws {
    let demo = try RunningCommand("demo")
    let line = try await demo.errorLine()
    let server = try #require(
      line.firstMatch(of: /in process (\d+) on hi:/).flatMap { Int32($0.1) }, "\(line)")
    #expect(kill(server, 0) == 0, "the server is running")
    #expect(try await demo.end(signal) != 0)
    // The server is no child of this process; it is gone when no signal reaches it any more.
    let limit = ContinuousClock.now + .seconds(20)
    while kill(server, 0) == 0, .now < limit { await Task.yield() }
    #expect(kill(server, 0) == -1, "the server outlived the demo")
  }
}
