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

/// The remote side: one model behind the HI wire protocol and, where asked for, raw mode.
///
///     let server = try await HIServer.start(backend: backend)
///     print("serving on \(server.endpoint)")
///     await server.run(until: TerminationSignal.received, drain: .seconds(5))
public final class HIServer: Sendable {
  /// Where wire clients find it, with the port that was bound.
  public let endpoint: RemoteEndpoint
  /// The raw port that was bound, nil without raw mode.
  public let rawPort: Int?

  private let group: MultiThreadedEventLoopGroup
  private let listeners: [any Channel]
  private let scheduler: InferenceScheduler
  private let registry: ConnectionRegistry
  private let metrics: ServerMetrics

  private init(
    endpoint: RemoteEndpoint, rawPort: Int?, group: MultiThreadedEventLoopGroup,
    listeners: [any Channel], scheduler: InferenceScheduler, registry: ConnectionRegistry,
    metrics: ServerMetrics
  ) {
    self.endpoint = endpoint
    self.rawPort = rawPort
    self.group = group
    self.listeners = listeners
    self.scheduler = scheduler
    self.registry = registry
    self.metrics = metrics
  }

  /// The port of the wire protocol that was bound.
  public var port: Int { endpoint.port }

  /// What was counted so far.
  public var counts: ServerCounts { metrics.snapshot }

  /// How many requests wait for an inference thread now.
  public var queueDepth: Int { scheduler.waiting }

  /// Makes the workers, binds the ports and serves.
  public static func start(
    backend: any InferenceBackend, configuration: HIServerConfiguration = HIServerConfiguration()
  ) async throws(HIServerError) -> HIServer {
    let served = backend.description
    guard let gate = SampleGate(served), let document = try? served.json() else {
      throw .unservableInput(name: served.name, shape: served.shape)
    }
    let scheduler: InferenceScheduler
    do {
      scheduler = try await InferenceScheduler.start(
        backend: backend, workers: configuration.workers, queueLimit: configuration.queueLimit)
    } catch {
      throw .noWorker("\(error)")
    }
    let metrics = ServerMetrics()
    let registry = ConnectionRegistry(limit: configuration.maximumConnections)
    let services = ConnectionServices(
      scheduler: scheduler, metrics: metrics, registry: registry,
      idleTimeout: TimeAmount(configuration.idleTimeout),
      stallTimeout: TimeAmount(configuration.stallTimeout),
      lingerTimeout: TimeAmount(configuration.lingerTimeout),
      admissionTimeout: TimeAmount(configuration.admissionTimeout))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoops))

    var listeners: [any Channel] = []
    do throws(HIServerError) {
      listeners.append(
        try await listen(
          port: configuration.port, configuration, group, services,
          refusal: WireSession.refusalOfConnection()
        ) {
          WireSession(
            gate: gate, descriptionDocument: document,
            maximumInFlight: configuration.maximumInFlightPerConnection,
            maximumFrameLength: configuration.maximumFrameLength, tokens: configuration.tokens)
        })
      if let rawPort = configuration.rawPort {
        let deadline = configuration.rawDeadline.map { TimeAmount($0).nanoseconds / 1_000_000 }
        listeners.append(
          try await listen(port: rawPort, configuration, group, services, refusal: nil) {
            RawSession(
              gate: gate, deadlineMilliseconds: deadline.map { UInt32(clamping: max(1, $0)) } ?? 0)
          })
      }
    } catch {
      for listener in listeners { try? await listener.close() }
      scheduler.close()
      try? await group.shutdownGracefully()
      throw error
    }
    return HIServer(
      endpoint: RemoteEndpoint(
        host: configuration.host, port: listeners[0].localAddress?.port ?? configuration.port),
      rawPort: listeners.dropFirst().first?.localAddress?.port,
      group: group, listeners: listeners, scheduler: scheduler, registry: registry,
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
    for listener in listeners { try? await listener.close() }
    registry.drain()
    let cut = group.next().scheduleTask(in: TimeAmount(limit)) { [registry] in
      registry.closeAll()
    }
    await registry.empty()
    cut.cancel()
    scheduler.close()
    // A thread that is left behind still needs its loop to hand its answer to.
    if await scheduler.join(within: limit) { try? await group.shutdownGracefully() }
  }

  private static func listen<Session: ServingSession>(
    port: Int, _ configuration: HIServerConfiguration, _ group: MultiThreadedEventLoopGroup,
    _ services: ConnectionServices, refusal: ServingReply?,
    session: @escaping @Sendable () -> Session
  ) async throws(HIServerError) -> any Channel {
    let unwritten = configuration.maximumUnwrittenBytes
    let bootstrap = ServerBootstrap(group: group)
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
            return try channel.pipeline.syncOperations.addHandler(
              RefusingHandler(refusal: refusal?.bytes))
          }
          services.metrics.connectionOpened()
          channel.closeFuture.whenComplete { _ in services.registry.remove(channel) }
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
