import ArgumentParser
import Foundation
import HIData
import HIModels
import HIPlanning
import HIRuntime
import HITransport

/// `hi measure`: latency and energy on this machine.
struct MeasureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures what a model's exits, a decision and an offload cost on this machine.",
    discussion: """
      Energies are of the whole device, idle power included, by the best meter at hand or the one that \
      --meter names: rapl (the processor's counters), hwmon (the board's sensors), \
      scpi://HOST:PORT or scpi:///dev/ttyUSB0?baud=9600 (a bench power analyser), none. Every figure \
      says its kind: measured, telemetry or modelled. Without --remote the offload is the catalogue's.
      Example: hi measure --model Models/fashion-tiny-ee.himodel --remote hi://10.0.0.2:9000 \
      --out profile.json
      """)

  @Option(help: "The model's bundle.", completion: .directory)
  var model: String

  @Option(help: "A data set's name (see `hi datasets`) or its folder; noise unless given.")
  var data: String?

  @Option(help: "How many samples are timed.")
  var samples = 500

  @Option(help: "The seed of the noise, or of the selection of samples.")
  var seed: UInt64 = 1

  @Option(help: "How many inferences come first, untimed.")
  var warmUp = 20

  @Option(help: "Where a remote model is, for example hi://127.0.0.1:9000.")
  var remote: String?

  @Option(help: "The meter: auto, rapl, hwmon, none or a scpi:// address.")
  var meter = "auto"

  @Option(help: "How a power analyser is asked for the power in W.")
  var powerQuery = PowerAnalyser.defaultQuery

  @Option(help: "The catalogue's device that stands for this one where figures are modelled.")
  var device: String?

  @Option(help: "The profile to write.", completion: .file())
  var out: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if samples < 1 { throw ValidationError("--samples is at least 1, not \(samples).") }
    if warmUp < 0 { throw ValidationError("--warm-up is at least 0, not \(warmUp).") }
    do { _ = try MeterRequest(meter) } catch { throw ValidationError("\(error)") }
  }

  func run() async throws {
    let catalogue = try DeviceCatalogue.paper()
    let modelledOffload = try catalogue.offload(
      device: device ?? "raspberry-pi-4b", dataset: "cifar-10")
    let bundle = try ModelBundle(at: model)
    let local = try OnDeviceModel(bundle: bundle)
    let choice = try await MeterChoice.choose(
      MeterRequest(meter), query: powerQuery, device: device, catalogue: catalogue)
    let remoteModel = try remote.map { WireRemoteModel(endpoint: try RemoteEndpoint($0)) }
    if let remoteModel { try await check(remoteModel, bundle.manifest) }
    let measurement = ProfileMeasurement(
      local: local, samples: try inputs(bundle.manifest.input), dataset: data ?? "random",
      choice: choice, warmUp: warmUp)
    let bar = ProgressBar(
      "measuring", total: measurement.samples.count * (remote == nil ? 1 : 2))
    let report: MeasurementReport
    do {
      defer { bar.finish() }
      report = try await measurement.run(
        remote: remoteModel, modelledOffload: modelledOffload, progress: { bar.advance() })
    }
    await remoteModel?.close()
    if let out { try report.profile.write(to: out) }
    if json { try printJSON(report) } else { print(report.text) }
  }

  private func inputs(_ input: ModelManifest.Input) throws -> [Sample] {
    guard let data else { return input.randomSamples(count: samples, seed: seed) }
    let dataset = try DatasetCatalogue().load(data, split: .test)
    return dataset.selection(of: min(samples, dataset.count), seed: seed)
      .map { dataset.sample(at: $0) }
  }

  private func check(_ remoteModel: WireRemoteModel, _ manifest: ModelManifest) async throws {
    let served: ServedModelDescription
    do { served = try await remoteModel.describe(deadline: .seconds(5)) } catch {
      throw CommandFailure(
        "The remote model at \(remoteModel.endpoint) cannot be measured (\(error)); start it with "
          + "`hi serve` or leave --remote out.")
    }
    if let mismatch = served.mismatch(
      elementType: manifest.input.elementType, shape: manifest.input.shape,
      classCount: manifest.classes.count)
    {
      throw CommandFailure(mismatch)
    }
  }
}
