import ArgumentParser
import Foundation
import HIData
import HIModels
import HIRuntime
import HITrace

/// `hi trace record`: runs every exit of a model on a split and keeps what they say.
struct TraceRecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Runs a model on a split of a data set and writes what every exit answers.",
    discussion: """
      Example: hi trace record --model Models/fashion-tiny.himodel --data fashion-mnist \
      --split calibration --out local.hitrace
      """)

  @Option(help: ArgumentHelp(ModelSource.help), completion: .file())
  var model: String

  @OptionGroup var plain: PlainModelOptions

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

  func run() async throws {
    let (dataset, bundle) = try data.load(for: ModelSource.bundle(model, plain: plain))
    let indices = data.indices(dataset)
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
}
