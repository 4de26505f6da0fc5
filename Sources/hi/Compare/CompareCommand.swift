import ArgumentParser
import Foundation
import HIData
import HIModels
import HIPlanning
import HITrace

/// `hi compare`: our method beside the paper's on the paper's cost tables.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Sets our method beside the paper's on the same answers and the paper's costs.",
    discussion: """
      Each cell is a shipped model with early exits on a device of the paper. Both methods are \
      calibrated on one random half of the test split and reported on the other; the accuracy that \
      both must reach is what the paper's HI reaches with the base model, less one point. The paper's \
      method is EE-HI with brute-force thresholds and the logistic regression at 0.5; ours is joint, \
      with a second look where that pays. Traces that are missing in --traces are recorded first.
      With --decisions and --local it judges decision modules on several trainings of one network.
      Example: hi compare --remote-answers cifar-10-remote-answers.npy
      """)

  @Option(
    parsing: .singleValue,
    help: "A model: resnet8-ee, resnet56-ee or alexnet-ee; once a model, all unless given.")
  var model: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("A device of the catalogue; once a device, the paper's three unless given."))
  var device: [String] = ["raspberry-pi-4b", "jetson-orin-nano-7w", "jetson-orin-nano-15w"]

  @Option(
    help: "A remote model's recorded classes of the test split, a list of integers.",
    completion: .file(extensions: ["npy"]))
  var remoteAnswers: String?

  @Option(help: "The name of a shipped remote model; its answers are recorded, and compared too.")
  var remote = "cifar-remote"

  @Option(name: .customLong("data"), help: "The data set of these models.")
  var dataset = "cifar-10-jpeg75"

  @Option(help: "The folder in which traces are kept.", completion: .directory)
  var traces = "traces"

  @Option(help: "How many random halvings of the test split.")
  var halvings = 20

  @Option(
    help: ArgumentHelp(
      "How many points more accuracy ours is asked for on the calibration half.",
      discussion: "More thresholds fit their half more closely; a margin makes accuracies equal."))
  var margin = 0.0

  @Option(
    help: ArgumentHelp(
      "In place of --margin: cut each calibration half into so many folds to find the margin.",
      discussion: "Ours then also takes the paper's policy where that costs no more there."))
  var folds: Int?

  @Option(help: "How many samples of it; all unless given.")
  var samples: Int?

  @Flag(
    help: ArgumentHelp(
      "Compare decision modules instead: offloads needed for 1 to 10 points more accuracy.",
      discussion: "Each is trained on one half and judged on the other, over three halvings."))
  var decisions = false

  @OptionGroup var seeds: SeedOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if halvings < 1 { throw ValidationError("--halvings is at least 1, not \(halvings).") }
    if !(margin >= 0 && margin < 50) {
      throw ValidationError("--margin is 0 to 50 points, not \(margin).")
    }
    if let folds, !(2...100).contains(folds) || margin > 0 {
      throw ValidationError("--folds is 2 to 100 and stands in place of --margin; not \(folds).")
    }
    if let samples, samples < 400 {
      throw ValidationError("--samples is at least 400, so that a half can choose; not \(samples).")
    }
    if !decisions, !seeds.isEmpty {
      throw ValidationError("--local and --tuned are about decision modules: add --decisions.")
    }
    let known = ComparedModel.paper.map(\.name)
    for name in model where !known.contains(name) {
      throw ValidationError("--model is one of \(known.joined(separator: ", ")), not '\(name)'.")
    }
  }

  func run() async throws {
    let data = try DatasetCatalogue().load(dataset, split: .test)
    let recorder = TraceFolder(
      folder: URL(filePath: traces), dataset: data, indices: data.selection(of: samples, seed: 1))
    var missing: [String] = []
    var remotes: [Trace] = []
    if let remoteAnswers { remotes.append(try recorder.imported(remoteAnswers)) }
    if let bundle = try? ShippedModels.bundle(remote) {
      remotes.append(try await recorder.trace(bundle, secondLook: false))
    } else {
      missing.append("The remote model \(remote) is not shipped, so its answers are left out.")
    }
    if !seeds.isEmpty {
      let studies = try seeds.studies(remotes, halvings: halvings)
      if json { return try printJSON(studies) }
      return print((studies.map(\.text) + missing).joined(separator: "\n\n"))
    }
    var cells: [CellTable.Cell] = []
    var studies: [DecisionStudy] = []
    for compared in ComparedModel.paper where model.isEmpty || model.contains(compared.name) {
      guard let bundle = try? ShippedModels.bundle(compared.name) else {
        missing.append("The model \(compared.name) is not shipped, so its cells are left out.")
        continue
      }
      let local = try await recorder.trace(bundle, secondLook: true)
      if decisions {
        for remote in remotes {
          studies.append(try DecisionStudy(JoinedTrace(local: local, remote: remote)))
        }
        continue
      }
      let baseBundle = try? ShippedModels.bundle(compared.base)
      if baseBundle == nil {
        missing.append(
          "The base model \(compared.base) is not shipped; the last exit of \(compared.name) sets "
            + "the requirement.")
      }
      var base: Trace?
      if let baseBundle { base = try await recorder.trace(baseBundle, secondLook: false) }
      cells += try compare(compared, local, base: base, remotes: remotes)
    }
    if decisions {
      if json { return try printJSON(studies) }
      return print((studies.map(\.text) + missing).joined(separator: "\n\n"))
    }
    let table = CellTable(
      dataset: data.name, split: data.split, samples: samples ?? data.labels.count,
      margin: margin / 100, folds: folds, cells: cells, missing: missing)
    if json { try printJSON(table) } else { print(table.text) }
  }

  private func compare(
    _ model: ComparedModel, _ local: Trace, base: Trace?, remotes: [Trace]
  ) throws -> [CellTable.Cell] {
    let catalogue = try DeviceCatalogue.paper()
    let bar = ProgressBar(model.name, total: remotes.count * device.count * halvings)
    defer { bar.finish() }
    return try remotes.flatMap { remote in
      let trace = try JoinedTrace(local: local, remote: remote)
      let requiring = try base.map { try JoinedTrace(local: $0, remote: remote) }
      return try device.map { device in
        CellTable.Cell(
          model: model.name, base: base?.metadata.modelName,
          device: try catalogue.device(device).name, remote: remote.metadata.modelName,
          comparison: try MethodComparison(
            trace, base: requiring,
            profile: catalogue.profile(
              named: "\(device)/\(model.catalogueName)", for: local.metadata),
            halvings: halvings,
            margin: folds.map { .crossValidated(folds: $0) } ?? .fixed(margin / 100),
            progress: { bar.advance() }))
      }
    }
  }
}

/// A model of the paper's Table 6: with early exits, without, and as the catalogue calls it.
struct ComparedModel {
  let name: String
  let base: String
  let catalogueName: String

  static let paper = [
    ComparedModel(name: "resnet8-ee", base: "resnet8", catalogueName: "resnet-8"),
    ComparedModel(name: "resnet56-ee", base: "resnet56", catalogueName: "resnet-56"),
    ComparedModel(name: "alexnet-ee", base: "alexnet", catalogueName: "alexnet"),
  ]
}
