import ArgumentParser
import Foundation
import HIData
import HIModels
import HIPlanning
import HIReport
import HIRuntime
import HITransport
import HierarchicalInference

/// `hi demo`: the whole system in one command.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Classifies real images by every strategy, over real TCP, and prints what it buys.",
    discussion: """
      A server process is started on a free port. Policies are chosen on the calibration split of \
      Fashion-MNIST: strategies that offload are asked for four fifths of the accuracy that the large \
      model adds, at the least cost. Then every strategy is run live on the test split: on-device, \
      remote, hi (hierarchical inference), ee (early exits alone), ee-hi (both), and joint (every exit \
      accepts, continues or offloads).
      """)

  @Option(help: "How many test images; all 10,000 unless given.")
  var samples: Int?

  @Option(help: "Which of them: the seed of the selection.")
  var seed: UInt64 = 1

  @Option(help: "The most milliseconds from a sample to its answer.")
  var deadline = 1000

  @OptionGroup var report: ReportOption

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if let samples, samples < 1 {
      throw ValidationError("--samples is at least 1, not \(samples).")
    }
    try Patience.check(deadline, of: "--deadline")
  }

  func run() async throws {
    let localBundle = try ShippedModels.bundle("fashion-tiny")
    let stagedBundle = try ShippedModels.bundle("fashion-tiny-ee")
    let remoteBundle = try ShippedModels.bundle("fashion-remote")
    let catalogue = DatasetCatalogue()
    let calibrationData = try catalogue.load("fashion-mnist", split: .calibration)
    let test = try catalogue.load("fashion-mnist", split: .test)
    let indices = test.selection(of: samples, seed: seed)

    let server = try ServerProcess(bundlePath: remoteBundle.path, workers: 1)
    defer { server.stop() }
    let remote = WireRemoteModel(endpoint: server.endpoint)
    Terminal.note(
      "device: \(localBundle.manifest.name) here; server: \(remoteBundle.manifest.name) in process "
        + "\(server.identifier) on \(server.endpoint)")

    let calibration = try await DemoCalibration(
      plain: OnDeviceModel(bundle: localBundle), withExits: OnDeviceModel(bundle: stagedBundle),
      remote: remote, data: calibrationData)
    var runs: [MeasuredRun] = []
    for candidate in calibration.candidates {
      let classifier = try HierarchicalClassifier(
        local: candidate.local, remote: remote, policy: candidate.policy,
        deadline: .milliseconds(deadline))
      runs.append(try await classifier.measured(candidate.strategy, test, indices))
    }
    let figures = StrategyReport(
      dataset: test.name, split: test.split, strategies: runs.map(\.row))
    if json {
      try printJSON(figures)
    } else {
      print(figures.table)
    }
    if report.isAsked {
      let page = try await DemoReport(calibration: calibration, test: test, indices: indices)
        .material(runs, remote: remote)
      try report.write(page)
    }
    await remote.close()
  }
}
