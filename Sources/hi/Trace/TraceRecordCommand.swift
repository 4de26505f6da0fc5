import ArgumentParser
import Foundation
import HIData
import HIModels
import HIRuntime
import HITrace
import HITransport

/// `hi trace record`: runs every exit of a model on a split and keeps what they say.
struct TraceRecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Runs a model on a split of a data set and writes what every exit answers.",
    discussion: """
      With --remote it is the model at that URL that answers, to samples in the form that --model takes; \
      so policies are calibrated for servers whose models are not at hand.
      Example: hi trace record --model Models/fashion-tiny.himodel --data fashion-mnist \
      --split calibration --out local.hitrace
      """)

  @Option(help: ArgumentHelp(ModelSource.help), completion: .file())
  var model: String

  @OptionGroup var plain: PlainModelOptions

  @Option(help: ArgumentHelp(RemoteSecurityOptions.remoteHelp, valueName: "url"))
  var remote: String?

  @Option(help: "The most milliseconds for one answer; with --remote.")
  var deadline = 10_000

  @OptionGroup var security: RemoteSecurityOptions

  @OptionGroup var data: DataOptions

  @Flag(
    help: ArgumentHelp(
      "One exit more: the model's answers to the sample and to its mirror image averaged.",
      discussion: "For images whose mirror image is of the same class. It costs another inference.")
  )
  var secondLook = false

  @Option(help: "The file to write.", completion: .file())
  var out: String

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if remote == nil, !security.isEmpty {
      throw ValidationError("--tls-… and --token-file are about a remote model: give --remote too.")
    }
    if remote != nil, secondLook {
      throw ValidationError("--second-look is about the model here: leave it or --remote out.")
    }
    try Patience.check(deadline, of: "--deadline")
  }

  func run() async throws {
    let (dataset, bundle) = try data.load(for: ModelSource.bundle(model, plain: plain))
    let indices = data.indices(dataset)
    if let remote { return try await record(remote, dataset, indices, like: bundle.manifest) }
    let onDevice = try OnDeviceModel(bundle: bundle, secondLook: secondLook)
    let bar = ProgressBar("recording", total: indices.count)
    let trace: Trace
    do {
      defer { bar.finish() }
      trace = try await onDevice.record(
        dataset, indices: indices,
        createdBy: "hi trace record --model \(bundle.manifest.name) --data \(dataset.name) "
          + "--split \(dataset.split)\(secondLook ? " --second-look" : "")",
        progress: { bar.advance() })
    }
    try TraceFile.write(trace, to: URL(filePath: out))
    try TraceSummary(trace).show(asJSON: json)
  }

  /// Asks the model at a URL.
  private func record(
    _ url: String, _ dataset: Dataset, _ indices: [Int], like manifest: ModelManifest
  ) async throws {
    let remote = try RemoteChoice(
      url, classCount: manifest.classes.count, modelDigest: nil,
      connectTimeout: .milliseconds(deadline), security: security.security(for: [url]))
    let served = try await remote.described(
      at: url, like: manifest, deadline: .milliseconds(deadline))
    let bar = ProgressBar("recording", total: indices.count)
    let trace: Trace
    do {
      defer { bar.finish() }
      trace = try await remote.record(
        dataset, indices: indices, served: served, deadline: .milliseconds(deadline),
        createdBy: "hi trace record --remote", progress: { bar.advance() }
      ).trace
    } catch let error as OffloadError {
      throw CommandFailure(
        "The remote model at \(url) did not answer a sample, and a trace has no holes: "
          + error.words)
    }
    await remote.close()
    try TraceFile.write(trace, to: URL(filePath: out))
    try TraceSummary(trace).show(asJSON: json)
  }
}
