public import HITransport
internal import NIOCore
internal import NIOPosix

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// The remote side: models behind the HI wire protocol and, where asked for, raw mode.
///
///     let server = try await HIServer.start(backend: backend)
///     print("serving on \(server.endpoint)")
///     await server.run(until: TerminationSignal.received, drain: .seconds(5))
public final class HIServer: Sendable {
  /// Where wire clients find it, with the port that was bound.
  public let endpoint: RemoteEndpoint
  /// The raw port that was bound, nil without raw mode.
  public let rawPort: Int?

  /// The models that it serves, for front ends of other protocols and for loading and unloading.
  public let repository: ModelRepository

  /// The model of the wire and raw ports as it was when the server started.
  public let wireModel: ServedModelDescription

  private let group: MultiThreadedEventLoopGroup
  private let listeners: [any Channel]
  private let registry: ConnectionRegistry
  private let metrics: ServerMetrics
  private let started = ContinuousClock.now

  private init(
    endpoint: RemoteEndpoint, rawPort: Int?, group: MultiThreadedEventLoopGroup,
    listeners: [any Channel], repository: ModelRepository, wireModel: ServedModelDescription,
    registry: ConnectionRegistry, metrics: ServerMetrics
  ) {
    self.wireModel = wireModel
    self.endpoint = endpoint
    self.rawPort = rawPort
    self.group = group
    self.listeners = listeners
    self.repository = repository
    self.registry = registry
    self.metrics = metrics
  }

  /// What inference threads have to end where draining took all of its time.
  private static let leastJoin = Duration.milliseconds(500)

  /// The port of the wire protocol that was bound.
  public var port: Int { endpoint.port }

  /// What was counted so far.
  public var counts: ServerCounts { metrics.snapshot }

  /// How many requests wait for an inference thread now, of all models.
  public var queueDepth: Int { repository.models.reduce(0) { $0 + $1.waitingRequests } }

  /// What was counted so far, and how things stand now.
  public var snapshot: ServerSnapshot {
    ServerSnapshot(
      uptime: .now - started, counts: metrics.snapshot, openConnections: registry.count,
      models: repository.models.map(\.snapshot))
  }

  /// Makes the workers of one model, binds the ports and serves.
  public static func start(
    backend: any InferenceBackend, configuration: HIServerConfiguration = HIServerConfiguration()
  ) async throws(HIServerError) -> HIServer {
    let repository: ModelRepository
    do {
      repository = try await .load(.backends([backend]), configuration: configuration.scheduling)
    } catch .unservableInput(let name, let shape) {
      throw .unservableInput(name: name, shape: shape)
    } catch .noWorker(_, let reason) {
      throw .noWorker(reason)
    } catch {
      throw .noWorker("\(error)")
    }
    return try await start(repository: repository, configuration: configuration)
  }

  /// Binds the ports and serves models that are loaded; ends them when it shuts down, or where it
  /// cannot start.
  public static func start(
    repository: ModelRepository, configuration: HIServerConfiguration = HIServerConfiguration()
  ) async throws(HIServerError) -> HIServer {
    let wireModel = configuration.wireModel ?? repository.models.first?.name
    guard let wireModel, let input = repository.model(named: wireModel)?.input else {
      repository.close()
      throw .noWireModel(name: wireModel, loaded: repository.models.map(\.name))
    }
    repository.need(wireModel)
    let target = WireTarget(repository: repository, name: wireModel)
    let source: @Sendable () -> ServedInput? = { target.model?.input }
    let metrics = ServerMetrics()
    let registry = ConnectionRegistry(limit: configuration.maximumConnections)
    let services = ConnectionServices(
      target: target, metrics: metrics, registry: registry,
      idleTimeout: TimeAmount(configuration.idleTimeout),
      stallTimeout: TimeAmount(configuration.stallTimeout),
      lingerTimeout: TimeAmount(configuration.lingerTimeout),
      admissionTimeout: TimeAmount(configuration.admissionTimeout),
      tls: configuration.tls, refusals: configuration.refusals,
      tracer: configuration.tracer)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoops))

    var listeners: [any Channel] = []
    do throws(HIServerError) {
      listeners.append(
        try await listen(
          port: configuration.port, configuration, group, services,
          refusal: WireSession.refusalOfConnection()
        ) {
          WireSession(
            input: target.model?.input ?? input, source: source,
            maximumInFlight: configuration.maximumInFlightPerConnection,
            maximumFrameLength: configuration.maximumFrameLength, tokens: configuration.tokens)
        })
      if let rawPort = configuration.rawPort {
        let deadline = configuration.rawDeadline.map { TimeAmount($0).nanoseconds / 1_000_000 }
        listeners.append(
          try await listen(port: rawPort, configuration, group, services, refusal: nil) {
            RawSession(
              input: target.model?.input ?? input, source: source,
              deadlineMilliseconds: deadline.map { UInt32(clamping: max(1, $0)) } ?? 0)
          })
      }
    } catch {
      for listener in listeners { try? await listener.close() }
      repository.close()
      try? await group.shutdownGracefully()
      throw error
    }
    return HIServer(
      endpoint: RemoteEndpoint(
        host: configuration.host, port: listeners[0].localAddress?.port ?? configuration.port,
        isEncrypted: configuration.tls != nil),
      rawPort: listeners.dropFirst().first?.localAddress?.port,
      group: group, listeners: listeners, repository: repository,
      wireModel: input.gate.description, registry: registry,
      metrics: metrics)
  }

  /// Serves until `stop` returns, then shuts down.
  public func run(
    until stop: @Sendable () async -> Void, drain limit: Duration = .seconds(10)
  ) async {
    await stop()
    await shutdown(drain: limit)
  }

  /// Stops accepting, answers what is in flight, closes the connections and ends the threads.
  ///
  /// - Parameter limit: how long answering may take; then connections are cut. A thread whose model
  ///   does not come back is left behind.
  public func shutdown(drain limit: Duration) async {
    let end = ContinuousClock.now + limit
    for listener in listeners { try? await listener.close() }
    registry.drain()
    let cut = group.next().scheduleTask(in: TimeAmount(limit)) { [registry] in
      registry.closeAll()
    }
    await registry.empty()
    cut.cancel()
    repository.close()
    // What is queued for connections that were cut is for nobody: the threads get what time is left.
    // A thread that is left behind still needs its loop to hand its answer to.
    let left = max(end - .now, Self.leastJoin)
    if await repository.join(within: left) { try? await group.shutdownGracefully() }
  }

  private static func listen<Session: ServingSession>(
    port: Int, _ configuration: HIServerConfiguration, _ group: MultiThreadedEventLoopGroup,
    _ services: ConnectionServices, refusal: ServingReply?,
    session: @escaping @Sendable () -> Session
  ) async throws(HIServerError) -> any Channel {
    let unwritten = configuration.maximumUnwrittenBytes
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause())
        }
      }
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(
        .writeBufferWaterMark, value: .init(low: unwritten / 2, high: unwritten)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard services.registry.add(channel) else {
            services.metrics.connectionRefused()
            services.refusals.note(
              Session.frontEnd, status: "connection_refused",
              peer: channel.remoteAddress?.ipAddress,
              reason: "The server has as many connections as it takes.")
            // No handshake for somebody who is turned away: it would cost more than the answer.
            return try channel.pipeline.syncOperations.addHandler(
              RefusingHandler(refusal: services.tls == nil ? refusal?.bytes : nil))
          }
          services.metrics.connectionOpened()
          channel.closeFuture.whenComplete { _ in services.registry.remove(channel) }
          try services.tls?.secure(channel, Session.frontEnd, services.refusals)
          try channel.pipeline.syncOperations.addHandler(
            ConnectionHandler(session: session(), services: services))
        }
      }
    do {
      return try await bootstrap.bind(host: configuration.host, port: port).get()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw .portInUse(host: configuration.host, port: port)
    } catch {
      throw .cannotListen(host: configuration.host, port: port, reason: "\(error)")
    }
  }
}
