import Foundation
import HIPlanning
import HIRuntime
import SimulatedInstruments
import Testing

@Suite struct MeasureTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func measure(_ arguments: String...) async throws -> (MeasurementReport, CostProfile) {
    let result = try await Command.run(
      ["measure", "--model", model("fashion-tiny-ee"), "--samples", "50"]
        + ["--out", folder.file("profile.json"), "--json"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    let report = try JSONDecoder().decode(
      MeasurementReport.self, from: Data(result.output.utf8))
    return (report, try CostProfile(path: folder.file("profile.json")))
  }

  /// Every figure is a number from 0 up, and a later exit costs no less than an earlier one.
  private func expectCumulative(_ profile: CostProfile) {
    #expect(profile.exits.count == 2)
    for cost in profile.exits + [profile.offload, profile.decision] {
      #expect(cost.latencyMs > 0 && cost.latencyMs.isFinite)
      #expect(cost.energyMj >= 0 && cost.energyMj.isFinite)
    }
    #expect(profile.exits[0].latencyMs < profile.exits[1].latencyMs)
    #expect(profile.exits[0].energyMj <= profile.exits[1].energyMj)
    #expect(profile.decision.latencyMs < profile.exits[0].latencyMs)
  }

  @Test func withoutAMeterThereAreLatenciesAndTheCataloguesOffload() async throws {
    let (report, profile) = try await measure("--meter", "none")
    #expect(report.profile == profile)
    expectCumulative(profile)
    #expect(report.figures.map(\.name) == ["exit1", "exit2", "decision", "offload"])
    #expect(report.figures.allSatisfy { $0.energy == nil })
    #expect(report.samples == 50 && report.figures[0].samples == 50)
    #expect(report.figures[0].latency.source == .measured)
    #expect(report.figures[3].latency.source == .modelled)
    // Table 3: an offload from a Raspberry Pi.
    #expect(profile.offload == Cost(latencyMs: 9.68, energyMj: 0))
    #expect(profile.energySource == nil && profile.latencySource == .measured)
    #expect(profile.notes.contains { $0.contains("Table 3") })
  }

  @Test func aRemoteModelIsMeasuredOverTCP() async throws {
    let (server, listening) = try await RunningCommand.serve(model("fashion-remote"))
    let remote = listening.remote
    let (report, profile) = try await measure("--meter", "none", "--remote", remote)
    _ = try await server.end(SIGTERM)
    expectCumulative(profile)
    #expect(report.figures.map(\.name) == ["exit1", "exit2", "decision", "ping", "offload"])
    #expect(report.figures.allSatisfy { $0.latency.source == .measured })
    #expect(report.figures[3].latency.p50Ms < report.figures[4].latency.p50Ms)
    #expect(profile.link == remote)
  }

  /// At a constant power every energy is that power times the latency: mW x ms / 1000 = mJ.
  @Test func anAnalysersEnergiesAreMeanPowerTimesTime() async throws {
    let instrument = try SimulatedInstrument("2.5")
    let (report, profile) = try await measure("--meter", "scpi://127.0.0.1:\(instrument.place)")
    expectCumulative(profile)
    #expect(report.meter.source == .measured && profile.energySource == .measured)
    for figure in report.figures.dropLast() {
      let energy = try #require(figure.energy)
      #expect(energy.source == .measured)
      #expect(abs(energy.meanMj - 2.5 * figure.latency.meanMs) < 1e-6)
    }
    #expect(report.figures.last?.energy == EnergySummary(meanMj: 27.67, source: .modelled))
  }

  @Test func anAnalyserThatStopsAnsweringIsOneSentenceAndNoFile() async throws {
    let instrument = try SimulatedInstrument("--then", "garbage", "--after", "3", "2.5")
    let result = try await Command.run(
      "measure", "--model", model("fashion-tiny-ee"), "--samples", "5", "--meter",
      "scpi://127.0.0.1:\(instrument.place)", "--out", folder.file("profile.json"))
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(result.errors.contains(":READ?"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("profile.json")))
  }

  @Test(arguments: [["--samples", "0"], ["--meter", "voltmeter"], ["--warm-up", "-1"]])
  func wrongUsageHasStatus64(options: [String]) async throws {
    let result = try await Command.run(["measure", "--model", model("fashion-tiny-ee")] + options)
    #expect(result.status == 64, "\(result.errors)")
  }

  @Test func theTableSaysTheKindOfEveryFigure() async throws {
    let result = try await Command.run(
      "measure", "--model", model("fashion-tiny-ee"), "--samples", "5", "--meter", "none")
    let lines = result.output.split(separator: "\n")
    for name in ["exit1", "exit2", "decision"] {
      #expect(lines.contains { $0.hasPrefix(name) && $0.contains("measured") })
    }
    #expect(lines.contains { $0.hasPrefix("offload") && $0.contains("modelled") })
    #expect(result.output.contains("5 samples"))
  }
}
