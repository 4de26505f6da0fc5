import ArgumentParser
import HIOpenInference
import HIServing
import Logging
import Tracing

/// The ports of the Open Inference Protocol.
struct OpenInferenceOptions: ParsableArguments {
  @Option(help: "The port of the Open Inference Protocol over HTTP (8000 by custom).")
  var httpPort: Int?

  @Option(help: "The port of the Open Inference Protocol over gRPC (8001 by custom).")
  var grpcPort: Int?

  /// How many ports were asked for.
  var portCount: Int { (httpPort == nil ? 0 : 1) + (grpcPort == nil ? 0 : 1) }

  func validate() throws {
    for (name, port) in [("--http-port", httpPort), ("--grpc-port", grpcPort)] {
      guard let port else { continue }
      guard (0...65535).contains(port) else {
        throw ValidationError("\(name) is from 0 to 65535, not \(port).")
      }
      #if !OpenInference
        throw ValidationError(
          "\(name) needs HTTP and gRPC, which this hi was built without: build it with "
            + "`make build-all`.")
      #endif
    }
  }

  /// Opens the ports that were asked for, before a server's models.
  func start(
    beside server: HIServer, host: String, doors: ServerDoors, limits: LimitOptions,
    refusals: Refusals, logs: LogOptions, tracer: (any Tracer)?
  ) async throws -> OpenInferenceFrontends {
    #if OpenInference
      var configuration = OpenInferenceConfiguration()
      configuration.host = host
      configuration.httpPort = httpPort
      configuration.grpcPort = grpcPort
      configuration.tls = doors.tls
      configuration.tokens = doors.tokens
      configuration.allowsRepositoryChanges = !doors.hasFixedModels
      configuration.refusals = refusals
      configuration.tracer = tracer
      limits.apply(to: &configuration)
      // The stack's own chatter is nobody's news.
      var httpLogger = logs.logger("hi.http")
      httpLogger.logLevel = max(.warning, httpLogger.logLevel)
      return OpenInferenceFrontends(
        server: try await OpenInferenceServer.start(
          repository: server.repository, configuration: configuration,
          server: { server.snapshot }, logger: httpLogger))
    #else
      return OpenInferenceFrontends()
    #endif
  }
}

/// The front ends of the Open Inference Protocol that run; none without the trait.
struct OpenInferenceFrontends: Sendable {
  #if OpenInference
    let server: OpenInferenceServer

    var httpPort: Int? { server.httpPort }
    var grpcPort: Int? { server.grpcPort }
  #else
    var httpPort: Int? { nil }
    var grpcPort: Int? { nil }
  #endif

  /// Where they listen, to follow the wire protocol's address.
  var summary: String {
    let http = httpPort.map { ", HTTP on port \($0)" } ?? ""
    let grpc = grpcPort.map { ", gRPC on port \($0)" } ?? ""
    return http + grpc
  }

  /// Ends them and the wire server's ports at the same time.
  func shutdown(with wire: HIServer, drain: Duration) async {
    #if OpenInference
      async let frontends: Void = server.shutdown(drain: drain)
      await wire.shutdown(drain: drain)
      await frontends
    #else
      await wire.shutdown(drain: drain)
    #endif
  }
}
