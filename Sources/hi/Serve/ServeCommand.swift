import ArgumentParser
import Foundation
import HIModels
import HIPlanning
import HIServing
import HITrace
import HITracing
import HITransport
import Logging

/// `hi serve`: the remote side.
struct ServeCommand: AsyncParsableCommand, Interruption.Handled {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract:
      "Serves models over the HI wire protocol, raw mode and the Open Inference Protocol.",
    discussion: """
      SIGTERM and SIGINT end it: what is in flight is answered, then it exits with status 0. SIGINT \
      again, which is a second Ctrl-C, ends it at once.

      SIGHUP looks at the bundles or the folder again: what is new or has changed is loaded, what is \
      gone is unloaded, and no request is dropped; the file of tokens is read again too.

      Only this machine reaches the server unless --host says otherwise; an address that others \
      reach needs TLS and a token or client certificates, or --insecure.

      Every option can also be a variable, HI_SERVE_HTTP_PORT=8000, or a key of the --config file, \
      {"httpPort": 8000}: a flag goes before a variable, and a variable before the file.

      Example: hi serve Models/fashion-remote.himodel --port 9000 --http-port 8000
      """)

  /// What `--json` prints once the ports are bound.
  struct Listening: Codable {
    /// A model version that is loaded.
    struct Model: Codable {
      let name: String
      let version: String
    }

    var schema = "hi/1"
    let models: [Model]
    let model: String
    let digest: String
    let remote: String
    let rawPort: Int?
    let httpPort: Int?
    let grpcPort: Int?
  }

  @OptionGroup var served: ServedModels

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port of the HI wire protocol; 0 takes a free one.")
  var port = 9000

  @Option(help: "The port of raw mode: a sample's bytes in, two bytes out.")
  var rawPort: Int?

  @OptionGroup var openInference: OpenInferenceOptions

  @OptionGroup(title: "Tiers") var tier: TierOptions

  @OptionGroup(title: "Recording") var recording: RecordOptions

  @OptionGroup(title: "Security") var security: SecurityOptions

  @OptionGroup(title: "Limits") var limits: LimitOptions

  @OptionGroup(title: "Logs") var logs: LogOptions

  @OptionGroup(title: "Tracing") var tracing: TracingOptions

  @Option(
    help: "A JSON file of options, {\"httpPort\": 8000, \"insecure\": true, \"bundles\": […]}.",
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(help: "Seconds to answer what is in flight when asked to stop.")
  var drain = 10

  @Flag(help: "Print where it listens as JSON.")
  var json = false

  @Flag(help: .hidden)
  var untilInputCloses = false

  func validate() throws {
    for (name, value, range) in [
      ("--port", port, 0...65535), ("--raw-port", rawPort ?? 0, 0...65535),
      ("--drain", drain, 0...3600),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(name) is from \(range.lowerBound) to \(range.upperBound), not \(value).")
    }
  }

  /// The models, or the one model of a tier with what it has answered.
  private func load(
    keeping servedLog: ServedLog?, logger: Logger, tracer: SpanTracer?
  ) async throws -> (ModelRepository, TierLog?) {
    guard let policy = tier.policy else {
      let observer = servedLog.map { log in { @Sendable in log.took($0) } }
      return (try await served.load(observer: observer), nil)
    }
    let document = try PolicyDocument(path: policy)
    let note = { @Sendable (sentence: String) in logger.warning("\(sentence)") }
    var log: TierLog?
    let repository = try await served.load(tier: { bundle in
      let secondLook = document.local.secondLook ?? false
      try document.check(local: ModelIdentity(bundle, secondLook: secondLook))
      let upstream = try RemoteSide(
        tier.upstream, classCount: bundle.manifest.classes.count, document: document,
        options: tier.offloads, security: tier.security(note: note), tracer: tracer)
      try await upstream.check(
        for: document, beside: bundle.manifest, deadline: tier.upstreamDeadline, note: note)
      let made = try TierLog(
        recording,
        metadata: RecordingMetadata(
          TraceMetadata(bundle, createdBy: "hi serve", secondLook: secondLook), under: document),
        logger: logger)
      log = made
      return try TierBackend(
        bundle: bundle, document: document, upstream: upstream,
        deadline: .milliseconds(tier.upstreamDeadline), log: made, tracer: tracer)
    })
    return (repository, log)
  }

  func run() async throws {
    // A log's reader that has gone is one reader less, not the server's end.
    signal(SIGPIPE, SIG_IGN)
    defer { LogLines.standardError.flush(within: .seconds(1)) }
    let logger = logs.logger("hi.serve")
    do {
      try await serve(logger)
    } catch {
      throw logs.told(of: error, by: logger)
    }
  }

  private func serve(_ logger: Logger) async throws {
    // Before the models, which take their time: who is let in must not be wrong.
    let connections = limits.maxConnections * (1 + openInference.portCount)
    let allowed = FileDescriptors.allow(connections + FileDescriptors.reserve)
    if let warning = FileDescriptors.warning(allowed: allowed, connections: connections) {
      logger.warning("\(warning)")
    }
    let refusals = Refusals(logger: logger)
    let doors = try security.doors(host: host, hasRawPort: rawPort != nil, logger: logger)
    let tracing = try tracing.begin(as: "hi serve")
    let servedLog = tier.policy == nil ? try ServedLog(recording) : nil
    // Told to reload while it loads, it does so afterwards.
    let hangups = HangupSignal.received()
    let (repository, tierLog) = try await load(
      keeping: servedLog, logger: logger, tracer: tracing?.tracer)
    for entry in repository.index where entry.state == .unavailable {
      logger.warning("\(entry.reason)")
    }
    if let warning = PassedOverFiles.warning(repository.passedOver) {
      logger.warning("\(warning)")
    }
    var configuration = HIServerConfiguration()
    configuration.host = host
    configuration.port = port
    configuration.rawPort = rawPort
    configuration.wireModel = served.wireModel
    configuration.tls = doors.tls
    configuration.tokens = doors.tokens
    configuration.refusals = refusals
    configuration.tracer = tracing?.tracer
    limits.apply(to: &configuration)
    let server = try await HIServer.start(repository: repository, configuration: configuration)
    let frontends: OpenInferenceFrontends
    do {
      frontends = try await openInference.start(
        beside: server, host: host, doors: doors, limits: limits, refusals: refusals,
        logs: logs, tracer: tracing?.tracer)
    } catch {
      await server.shutdown(drain: .zero)
      throw error
    }
    let wireModel = server.wireModel
    // Before anybody is told that the server runs: from now on no signal ends it by itself.
    let requestsToEnd = TerminationSignal.requests()

    if json {
      let listening = Listening(
        models: repository.models.map { .init(name: $0.name, version: $0.version) },
        model: wireModel.name, digest: wireModel.digest,
        remote: "\(server.endpoint)", rawPort: server.rawPort, httpPort: frontends.httpPort,
        grpcPort: frontends.grpcPort)
      try printJSONLine(listening)
    } else {
      let raw = server.rawPort.map { ", raw mode on port \($0)" } ?? ""
      print("serving \(wireModel.name) on \(server.endpoint)\(raw)\(frontends.summary)")
      StandardOutput.flush()
    }
    let stdinDecides = untilInputCloses
    // Nobody waits for a reload when the server is to end: it may be loading for minutes.
    let reloading = Task { await ModelReloading.run(repository, doors, logger, at: hangups) }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in requestsToEnd { return } }
      if stdinDecides { group.addTask { await StandardInput.closed() } }
      await group.next()
      group.cancelAll()
    }
    reloading.cancel()
    TerminationSignal.interruptEndsAtOnce()
    await frontends.shutdown(with: server, drain: .seconds(drain))
    // By the models' own counts, which have the answers of all ports.
    logger.info("stopped after \(repository.answeredRequests) answers\(tierLog?.summary ?? "")")
    let warn = { @Sendable (sentence: String) in logger.warning("\(sentence)") }
    tierLog?.finish(saying: warn)
    servedLog?.finish(saying: warn)
    await tracing?.finish(saying: warn)
  }
}
