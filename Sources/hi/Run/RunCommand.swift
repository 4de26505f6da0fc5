import ArgumentParser
import Foundation
import HIData
import HIModels
import HIPlanning
import HIReport
import HIRuntime
import HITrace
import HITransport

/// `hi run`: the device side, live.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Classifies a data set live: the local model here, the remote one at a URL.",
    discussion: """
      A remote model that is down, slow or overloaded costs at most the deadline: then the local \
      answer is given and counted as `fallback`, with the reason. One that keeps failing is left alone \
      for up to two seconds at a time. With several --remote each offload goes to the healthier of two.
      Example: hi run --local Models/fashion-tiny.himodel --remote hi://127.0.0.1:9000 \
      --policy policy.json --data fashion-mnist
      """)

  @Option(help: ArgumentHelp("The local model: \(ModelSource.words)."), completion: .file())
  var local: String

  @OptionGroup var plain: PlainModelOptions

  @Option(
    help: ArgumentHelp(
      RemoteSecurityOptions.remoteHelp + " Again for each further one.", valueName: "url"))
  var remote: [String]

  @Option(help: "The policy that `hi calibrate` made for this model.", completion: .file())
  var policy: String

  @OptionGroup var data: DataOptions

  @Option(help: "The most milliseconds from a sample to its answer.")
  var deadline = 1000

  @Option(help: "How many samples are under way at once.")
  var concurrency = 1

  @OptionGroup(title: "Offloads") var offloads: OffloadOptions

  @OptionGroup(title: "Security") var security: RemoteSecurityOptions

  @OptionGroup(title: "Recording") var recording: RecordOptions

  @OptionGroup(title: "Tracing") var tracing: TracingOptions

  @Option(
    help: ArgumentHelp(
      "The share of samples, drawn at random, that both models are asked about, 0 to 1.",
      discussion:
        "`hi calibrate --recording` needs them. They are asked after their answer; with --record."))
  var shadow = 0.0

  @OptionGroup var report: ReportOption

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if remote.isEmpty { throw ValidationError("Give a remote model's URL with --remote.") }
    guard (0...1).contains(shadow) else {
      throw ValidationError("--shadow is a share from 0 to 1, not \(shadow).")
    }
    if shadow > 0, recording.record == nil {
      throw ValidationError("--shadow says what --record keeps: give it too.")
    }
    try Patience.check(deadline, of: "--deadline")
    if offloads.group > 1, concurrency == 1 {
      throw ValidationError(
        "--group sends offloads together, and with --concurrency 1 there is never a second one: "
          + "give --concurrency \(offloads.group) or more.")
    }
    if concurrency < 1 { throw ValidationError("--concurrency is at least 1, not \(concurrency).") }
  }

  func run() async throws {
    let (dataset, bundle) = try data.load(for: ModelSource.bundle(local, plain: plain))
    let document = try PolicyDocument(path: policy)
    let secondLook = document.local.secondLook ?? false
    try document.check(local: ModelIdentity(bundle, secondLook: secondLook))
    let tracing = try tracing.begin(as: "hi run")
    let remoteModel = try RemoteSide(
      remote, classCount: bundle.manifest.classes.count, document: document, options: offloads,
      security: security.security(for: remote), tracer: tracing?.tracer)
    try await remoteModel.check(for: document, beside: bundle.manifest, deadline: deadline)
    let classifier = try HierarchicalClassifier(
      local: OnDeviceModel(bundle: bundle, secondLook: secondLook, tracer: tracing?.tracer),
      remote: remoteModel, policy: document.policy, deadline: .milliseconds(deadline),
      tracer: tracing?.tracer)
    let indices = data.indices(dataset)
    let recorder = try recording.recorder(
      RecordingMetadata(
        TraceMetadata(bundle, dataset: dataset, createdBy: "hi run", secondLook: secondLook),
        under: document))
    // Whatever ends the run, what happened before is kept.
    let keep = { @Sendable [recording] in
      if let path = recording.record { recorder?.finish().tell(path) }
    }
    defer { keep() }
    Interruption.keeps(keep)
    let measured = try await classifier.measured(
      document.strategy, dataset, indices, concurrency: concurrency,
      answered: { [recording, shadow] place, answer in
        guard let recorder else { return }
        let index = indices[place]
        let isDrawn = shadow > 0 && Double.random(in: 0..<1) < shadow
        let both =
          isDrawn
          ? try await classifier.shadow(dataset.sample(at: index), after: answer) : nil
        recorder.record(
          RunRecord(
            answer, sampleIndex: index, label: dataset.labels[index], shadow: both,
            input: recording.input(of: dataset.sample(at: index))))
      })
    await remoteModel.close()
    await tracing?.finish()
    let row = measured.row
    let figures = StrategyReport(dataset: dataset.name, split: dataset.split, strategies: [row])
    if json { try printJSON(figures) } else { print(figures.table) }
    if let lost = row.answeredBy["fallback"], lost > 0 {
      Terminal.note(
        "\(lost.percent(1)) of the samples were to be offloaded and were answered here: "
          + row.fallbackWords + ".")
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
