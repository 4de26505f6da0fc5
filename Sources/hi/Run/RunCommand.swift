import ArgumentParser
import Foundation
import HIData
import HIModels
import HIPlanning
import HIReport
import HIRuntime
import HITransport

/// `hi run`: the device side, live.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Classifies a data set live: the local model here, the remote one at a URL.",
    discussion: """
      A remote model that is down, slow or overloaded costs at most the deadline: then the local \
      answer is given and counted as `fallback`.
      Example: hi run --local Models/fashion-tiny.himodel --remote hi://127.0.0.1:9000 \
      --policy policy.json --data fashion-mnist
      """)

  @Option(help: ArgumentHelp("The local model: \(ModelSource.words)."), completion: .file())
  var local: String

  @OptionGroup var plain: PlainModelOptions

  @Option(help: ArgumentHelp(RemoteSecurityOptions.remoteHelp))
  var remote: String

  @Option(help: "The policy that `hi calibrate` made for this model.", completion: .file())
  var policy: String

  @OptionGroup var security: RemoteSecurityOptions

  @OptionGroup var data: DataOptions

  @Option(help: "The most milliseconds from a sample to its answer.")
  var deadline = 1000

  @Option(help: "How many samples are under way at once.")
  var concurrency = 1

  @OptionGroup var report: ReportOption

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if deadline < 1 { throw ValidationError("--deadline is at least 1 ms, not \(deadline).") }
    if concurrency < 1 { throw ValidationError("--concurrency is at least 1, not \(concurrency).") }
  }

  func run() async throws {
    let (dataset, bundle) = try data.load(for: ModelSource.bundle(local, plain: plain))
    let document = try PolicyDocument(path: policy)
    let secondLook = document.local.secondLook ?? false
    try document.check(local: ModelIdentity(bundle, secondLook: secondLook))
    let remoteModel = try RemoteChoice(
      remote, classCount: bundle.manifest.classes.count, security: security.security(for: [remote]))
    try await remoteModel.check(
      for: document, at: remote, beside: bundle.manifest, deadline: deadline)
    let classifier = try HierarchicalClassifier(
      local: OnDeviceModel(bundle: bundle, secondLook: secondLook), remote: remoteModel,
      policy: document.policy, deadline: .milliseconds(deadline))
    let measured = try await classifier.measured(
      document.strategy, dataset, data.indices(dataset), concurrency: concurrency)
    await remoteModel.close()
    let row = measured.row
    let figures = StrategyReport(dataset: dataset.name, split: dataset.split, strategies: [row])
    if json { try printJSON(figures) } else { print(figures.table) }
    if let lost = row.answeredBy["fallback"], lost > 0 {
      Terminal.note(
        "\(lost.percent(1)) of the samples were to be offloaded and were answered here: "
          + measured.results.fallbackReasons + ".")
    }
    try report.write(material(measured, dataset, document))
  }

  private func material(
    _ measured: MeasuredRun, _ dataset: Dataset, _ document: PolicyDocument
  ) -> ReportMaterial {
    var material = ReportMaterial(
      title:
        "\(document.local.name) with \(document.remote?.name ?? "a remote model") on \(dataset.name), live",
      provenance: .ofThisCommand)
    material.provenance.add(document)
    material.provenance.add(dataset, count: measured.results.count)
    material.runs = [measured]
    material.dataset = dataset
    return material
  }
}
