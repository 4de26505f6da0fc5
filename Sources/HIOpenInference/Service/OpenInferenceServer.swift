#if OpenInference
  internal import GRPCCore
  internal import GRPCNIOTransportHTTP2Posix
  public import HIServing
  internal import Hummingbird
  internal import HummingbirdCore
  internal import HummingbirdTLS
  public import Logging
  internal import NIOCore
  internal import ServiceLifecycle

  #if canImport(Darwin)
    internal import Darwin
  #elseif canImport(Musl)
    internal import Musl
  #else
    internal import Glibc
  #endif

  /// The front ends of the Open Inference Protocol, REST and gRPC, before a repository of models.
  ///
  ///     var configuration = OpenInferenceConfiguration()
  ///     configuration.httpPort = 8000
  ///     let server = try await OpenInferenceServer.start(
  ///       repository: repository, configuration: configuration)
  ///     …
  ///     await server.shutdown(drain: .seconds(5))
  public final class OpenInferenceServer: Sendable {
    /// The REST port that was bound; nil without REST.
    public let httpPort: Int?
    /// The gRPC port that was bound; nil without gRPC.
    public let grpcPort: Int?
    /// What both front ends call.
    public let service: OpenInferenceService
    private let frontends: [RunningFrontend]

    private init(
      service: OpenInferenceService, httpPort: Int?, grpcPort: Int?, frontends: [RunningFrontend]
    ) {
      self.service = service
      self.httpPort = httpPort
      self.grpcPort = grpcPort
      self.frontends = frontends
    }

    /// Binds the ports and serves.
    ///
    /// - Parameters:
    ///   - server: reads the counters of the wire server before the same models, for the live page.
    ///   - logger: gets what the HTTP stack has to say; nil for warnings and errors only.
    /// - Throws: ``OpenInferenceServerError`` where a port cannot be bound.
    public static func start(
      repository: ModelRepository, configuration: OpenInferenceConfiguration,
      server: (@Sendable () -> ServerSnapshot)? = nil, logger: Logger? = nil
    ) async throws(OpenInferenceServerError) -> OpenInferenceServer {
      let logger = logger ?? quietLogger
      let service = OpenInferenceService(
        repository: repository, maximumSamples: configuration.maximumSamples,
        server: server)
      var frontends: [RunningFrontend] = []
      var ports: [Int?] = [nil, nil]
      do throws(OpenInferenceServerError) {
        if let port = configuration.httpPort {
          let (frontend, bound) = try await startREST(
            port: port, service: service, configuration: configuration, logger: logger)
          frontends.append(frontend)
          ports[0] = bound
        }
        if let port = configuration.grpcPort {
          let (frontend, bound) = try await startGRPC(
            port: port, service: service, configuration: configuration)
          frontends.append(frontend)
          ports[1] = bound
        }
      } catch {
        for frontend in frontends { await frontend.stop(within: .zero) }
        throw error
      }
      return OpenInferenceServer(
        service: service, httpPort: ports[0], grpcPort: ports[1], frontends: frontends)
    }

    /// Makes the server not ready, stops accepting, answers what is in flight and ends.
    ///
    /// - Parameter limit: how long answering may take; then connections are cut.
    public func shutdown(drain limit: Duration) async {
      service.beginDraining()
      await withTaskGroup { group in
        for frontend in frontends { group.addTask { await frontend.stop(within: limit) } }
      }
    }

    private static var quietLogger: Logger {
      var logger = Logger(label: "hi.open-inference")
      logger.logLevel = .warning
      return logger
    }

    private static func startREST(
      port: Int, service: OpenInferenceService, configuration: OpenInferenceConfiguration,
      logger: Logger
    ) async throws(OpenInferenceServerError) -> (RunningFrontend, Int) {
      let (bound, report) = AsyncStream.makeStream(of: Int.self)
      let routes = RESTRoutes(service: service, configuration: configuration)
      let application = Application(
        router: routes.makeRouter(),
        server: try httpServer(
          RESTInference(service: service, configuration: configuration), port: port),
        configuration: .init(
          address: .hostname(configuration.host, port: port), backlog: 1024,
          availableConnectionsDelegate: .maximum(
            configuration.maximumConnections, logger: logger)),
        onServerRunning: { channel in
          try? await AcceptPause.add(to: channel).get()
          report.yield(channel.localAddress?.port ?? port)
        },
        logger: logger)
      let group = ServiceGroup(
        configuration: .init(
          services: [.init(service: application)], gracefulShutdownSignals: [], logger: logger))
      let frontend = RunningFrontend(
        on: FrontendExecutor(),
        run: {
          defer { report.finish() }
          try await group.run()
        }, beginShutdown: { await group.triggerGracefulShutdown() })
      for await port in bound { return (frontend, port) }
      throw await .unbound(host: configuration.host, port: port, frontend)
    }

    private static func httpServer(
      _ inference: RESTInference, port: Int
    ) throws(OpenInferenceServerError) -> HTTPServerBuilder {
      let configuration = inference.configuration
      let plain = HTTPDoor(inference).builder(
        .init(
          additionalChannelHandlers: [HTTPRefusals(refusals: configuration.refusals)],
          // `HTTPPatience` sees idleness, and the requests that Hummingbird does not.
          idleTimeout: nil,
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: configuration.maximumHeaderBytes / 2,
            maxHeaderListSize: configuration.maximumHeaderBytes, maxHeaderFieldCount: 100)))
      guard let tls = configuration.tls else { return plain }
      do {
        return try .tls(plain, tlsConfiguration: tls.configuration)
      } catch {
        throw .cannotListen(host: configuration.host, port: port, reason: "\(error)")
      }
    }

    private static func security(
      _ tls: ServerTLS?
    ) -> HTTP2ServerTransport.Posix.TransportSecurity {
      guard let tls else { return .plaintext }
      let certificate = TLSConfig.CertificateSource.file(path: tls.certificate, format: .pem)
      let key = TLSConfig.PrivateKeySource.file(path: tls.key, format: .pem)
      guard let authorities = tls.clientAuthorities else {
        return .tls(certificateChain: [certificate], privateKey: key)
      }
      return .mTLS(certificateChain: [certificate], privateKey: key) {
        $0.trustRoots = .certificates([.file(path: authorities, format: .pem)])
      }
    }

    private static func interceptors(
      _ configuration: OpenInferenceConfiguration
    ) -> [any ServerInterceptor] {
      var all: [any ServerInterceptor] = []
      if let tracer = configuration.tracer { all.append(GRPCTracing(tracer: tracer)) }
      all.append(GRPCRefusals(refusals: configuration.refusals))
      if let tokens = configuration.tokens { all.append(GRPCAuthorisation(tokens: tokens)) }
      return all
    }

    private static func startGRPC(
      port: Int, service: OpenInferenceService, configuration: OpenInferenceConfiguration
    ) async throws(OpenInferenceServerError) -> (RunningFrontend, Int) {
      let door = GRPCDoor(
        limit: configuration.maximumConnections, stallLimit: TimeAmount(configuration.stallTimeout),
        idleLimit: TimeAmount(configuration.idleTimeout),
        largestMessage: configuration.maximumBodyBytes, isEncrypted: configuration.tls != nil,
        refusals: configuration.refusals)
      let transport = HTTP2ServerTransport.Posix(
        address: configuration.host.contains(":")
          ? .ipv6(host: configuration.host, port: port)
          : .ipv4(
            host: configuration.host == "localhost" ? "127.0.0.1" : configuration.host, port: port),
        transportSecurity: security(configuration.tls),
        config: .defaults {
          $0.rpc.maxRequestPayloadSize = configuration.maximumBodyBytes
          $0.http2.targetWindowSize = 1 << 20
          $0.http2.maxConcurrentStreams = 100
          $0.compression.enabledAlgorithms = .all
          $0.channelDebuggingCallbacks.onBindTCPListener = { AcceptPause.add(to: $0) }
          $0.channelDebuggingCallbacks.onAcceptTCPConnection = { door.accept($0) }
          $0.channelDebuggingCallbacks.onAcceptHTTP2Stream = { door.acceptCall($0) }
        })
      let server = GRPCServer(
        transport: transport,
        services: [
          InferenceRPCs.Bounded(
            calls: InferenceRPCs(service: service, configuration: configuration)),
          HealthRPCs(service: service),
        ], interceptors: interceptors(configuration))
      let frontend = RunningFrontend(
        run: { try await server.serve() }, beginShutdown: { server.beginGracefulShutdown() })
      do {
        let address = try await transport.listeningAddress
        return (frontend, address.ipv4?.port ?? address.ipv6?.port ?? port)
      } catch {
        throw await .unbound(host: configuration.host, port: port, frontend)
      }
    }
  }

  /// A front end's task, and how to end it.
  private struct RunningFrontend: Sendable {
    private let task: Task<Void, any Error>
    private let beginShutdown: @Sendable () async -> Void

    init(
      on executor: (any TaskExecutor)? = nil, run: @escaping @Sendable () async throws -> Void,
      beginShutdown: @escaping @Sendable () async -> Void
    ) {
      task = Task(executorPreference: executor) { try await run() }
      self.beginShutdown = beginShutdown
    }

    /// Lets it answer what it has, for some time, and then cuts it off.
    func stop(within limit: Duration) async {
      await beginShutdown()
      let task = task
      let cut = Task {
        try await Task.sleep(for: limit)
        task.cancel()
      }
      _ = await task.result
      cut.cancel()
    }

    /// Why it ended.
    var failure: (any Error)? {
      get async {
        if case .failure(let error) = await task.result { error } else { nil }
      }
    }
  }

  extension OpenInferenceServerError {
    fileprivate static func unbound(
      host: String, port: Int, _ frontend: RunningFrontend
    ) async -> Self {
      var error = await frontend.failure
      while let cause = (error as? RuntimeError)?.cause { error = cause }
      if let error = error as? IOError, error.errnoCode == EADDRINUSE {
        return .portInUse(host: host, port: port)
      }
      return .cannotListen(
        host: host, port: port, reason: error.map { "\($0)" } ?? "it ended at once")
    }
  }
#endif
