import ArgumentParser
import HITracing
import Tracing

/// Where a command sends the spans of OpenTelemetry; not to be mixed up with `hi trace`.
struct TracingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where OpenTelemetry spans go: http://COLLECTOR:4318, or a file, one OTLP document a line.",
      discussion:
        "The trace goes on over hi://, http:// and grpc://, and through tiers. Spans that come faster "
        + "than they are taken are dropped and counted."),
    completion: .file())
  var traceExport: String?

  @Option(
    help: ArgumentHelp(
      "The share of the traces that begin here that are recorded, 0 to 1; with --trace-export.",
      discussion: "What another process has begun is recorded where it is there."))
  var traceSample: Double?

  func validate() throws {
    if let traceSample, !(0...1).contains(traceSample) {
      throw ValidationError("--trace-sample is a share from 0 to 1, not \(traceSample).")
    }
    if traceSample != nil, traceExport == nil {
      throw ValidationError("--trace-sample says what --trace-export gets: give it too.")
    }
  }

  /// Opens the destination; nil where nobody traces.
  ///
  /// - Parameter service: what the process is called in traces.
  func begin(as service: String) throws -> TracingRun? {
    guard let traceExport else { return nil }
    let export = SpanExport(to: try Self.destination(traceExport), service: service)
    Interruption.keeps { export.finishBlocking(within: .seconds(2)) }
    return TracingRun(
      export: export, place: traceExport,
      tracer: SpanTracer(sampling: TraceSampling(share: traceSample ?? 1)) { export.take($0) })
  }

  private static func destination(_ place: String) throws -> any SpanDestination {
    guard place.hasPrefix("http://") || place.hasPrefix("https://") else {
      return try SpanFile(path: place)
    }
    #if OpenInference
      return try SpanCollector(url: place)
    #else
      throw SpanExportError.notBuilt(url: place)
    #endif
  }
}

/// The tracing of one run of a command.
struct TracingRun: Sendable {
  private let export: SpanExport
  private let place: String
  /// Makes the spans.
  let tracer: SpanTracer

  init(export: SpanExport, place: String, tracer: SpanTracer) {
    self.export = export
    self.place = place
    self.tracer = tracer
  }

  /// Delivers what waits, and says what was not delivered.
  func finish(saying say: @Sendable (String) -> Void = Terminal.note) async {
    let statistics = await export.finish()
    if statistics.dropped > 0 {
      say(
        "\(statistics.dropped) spans came faster than \(place) took them and are not in it: sample "
          + "fewer traces with --trace-sample.")
    }
    if statistics.lost > 0 {
      say(
        "\(statistics.lost) spans are lost. " + (statistics.failure ?? "\(place) was too slow."))
    }
  }
}
