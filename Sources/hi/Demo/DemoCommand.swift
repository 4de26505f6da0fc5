import ArgumentParser
import Foundation
import HIData
import HIModels
import HIPlanning
import HIRuntime
import HITransport
import HierarchicalInference

/// `hi demo`: the whole system in one command.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Classifies real images by every strategy, over real TCP, and prints what it buys.",
    discussion: """
      A server process is started on a free port, the decision module is trained on the calibration \
      split of Fashion-MNIST, and every strategy is run live on its test split.
      """)

  @Option(help: "How many test images; all 10,000 unless given.")
  var samples: Int?

  @Option(help: "Which of them: the seed of the selection.")
  var seed: UInt64 = 1

  @Option(help: "The most milliseconds from a sample to its answer.")
  var deadline = 1000

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if let samples, samples < 1 {
      throw ValidationError("--samples is at least 1, not \(samples).")
    }
    if deadline < 1 { throw ValidationError("--deadline is at least 1 ms, not \(deadline).") }
  }

  func run() async throws {
    let localBundle = try ShippedModels.bundle("fashion-tiny")
    let remoteBundle = try ShippedModels.bundle("fashion-remote")
    let catalogue = DatasetCatalogue()
    let calibration = try catalogue.load("fashion-mnist", split: .calibration)
    let test = try catalogue.load("fashion-mnist", split: .test)
    let indices = test.selection(of: samples, seed: seed)

    let server = try ServerProcess(bundlePath: remoteBundle.path, workers: 1)
    defer { server.stop() }
    let local = try OnDeviceModel(bundle: localBundle)
    let remote = WireRemoteModel(endpoint: server.endpoint)
    Terminal.note(
      "device: \(localBundle.manifest.name) here; server: \(remoteBundle.manifest.name) in process "
        + "\(server.identifier) on \(server.endpoint)")

    let policies = try await calibrate(local, on: calibration)
    var rows: [StrategyRow] = []
    for (strategy, policy) in policies {
      let classifier = try HierarchicalClassifier(
        local: local, remote: remote, policy: policy, deadline: .milliseconds(deadline))
      rows.append(try await classifier.row(strategy, test, indices))
    }
    await remote.close()

    let report = StrategyReport(dataset: test.name, split: test.split, strategies: rows)
    if json {
      try printJSON(report)
    } else {
      print(report.table)
    }
  }

  /// The strategies' policies; what is trained is trained on the calibration split.
  private func calibrate(
    _ local: OnDeviceModel, on calibration: Dataset
  ) async throws -> [(Strategy, Policy)] {
    let bar = ProgressBar("calibrating", total: calibration.count)
    defer { bar.finish() }
    let trace = try await local.record(
      calibration, indices: Array(0..<calibration.count), createdBy: "hi demo",
      progress: { bar.advance() })
    let regression = try LogisticRegressionTraining().binaryLogistic(trace)
    return [
      (.onDevice, .onDevice), (.remote, .remoteOnly),
      (.hi, Policy(exits: [ExitRule(module: .binaryLogistic(regression))])),
    ]
  }
}
