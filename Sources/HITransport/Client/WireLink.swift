internal import NIOCore
internal import NIOPosix

/// The one connection of a ``WireRemoteModel`` and the calls on it.
///
/// Drives ``LinkState``, ``RequestTable`` and ``SilenceWatch``. Everything happens on one event loop:
/// a call costs one hop to it and one back, and no locks.
final class WireLink {
  typealias Outcome = Result<WireResponse, OffloadError>
  typealias Waiter = CheckedContinuation<Outcome, Never>

  private let endpoint: RemoteEndpoint
  private let configuration: WireClientConfiguration
  private let eventLoop: any EventLoop

  private var state: LinkState
  private var calls: RequestTable<Waiter>
  private var silence: SilenceWatch
  private var channel: (any Channel)?
  /// Counts connections, so that the end of an old one is not taken for the end of the present one.
  private var generation = 0
  private var sweep: (at: NIODeadline, task: Scheduled<Void>)?
  private var retry: Scheduled<Void>?
  /// The end of the time in which a new connection says which model it serves; nil where none is asked.
  private var identification: Scheduled<Void>?
  /// What the server of the present connection understands.
  private var understood: WireExtensions.Kinds = []
  private var connections = 0
  private var failedConnects = 0
  /// Whether what calls have written is about to be flushed.
  private var isFlushDue = false
  private var classCount: Int?

  init(
    endpoint: RemoteEndpoint, configuration: WireClientConfiguration, eventLoop: any EventLoop
  ) {
    self.endpoint = endpoint
    self.configuration = configuration
    self.eventLoop = eventLoop
    self.classCount = configuration.classCount
    self.state = LinkState(
      backoff: ReconnectBackoff(
        initial: configuration.initialBackoff, maximum: configuration.maximumBackoff))
    self.calls = RequestTable(limit: configuration.maximumInFlight)
    self.silence = SilenceWatch(limit: TimeAmount(configuration.silenceLimit))
  }

  var statistics: WireClientStatistics {
    WireClientStatistics(
      connections: connections, failedConnects: failedConnects,
      ignoredAnswers: calls.ignoredAnswers, inFlight: calls.count)
  }

  /// From now on answers have to be one of so many classes.
  func expect(classCount: Int) {
    self.classCount = classCount
  }
}

// MARK: - Calls

extension WireLink {
  /// Begins a call; the waiter is resumed exactly once, by the deadline.
  func begin(_ id: UInt32, kind: WireKind, frame: ByteBuffer, deadline: NIODeadline, waiter: Waiter)
  {
    let now = NIODeadline.now()
    guard now < deadline else { return waiter.resume(returning: .failure(.deadlineExceeded)) }
    var entry = RequestTable<Waiter>.Entry(
      id: id, kind: kind, deadline: deadline, waiter: waiter, unsent: nil)
    let action = state.call()
    switch action {
    case .refuse(let error): return waiter.resume(returning: .failure(error))
    case .wait, .connectAndWait: entry.unsent = frame
    case .send: break
    }
    let hasRoom = channel?.isWritable ?? true
    guard hasRoom, calls.admit(entry) else {
      waiter.resume(returning: .failure(.overloaded))
      if action == .connectAndWait { connect() }
      return
    }
    if action == .send { write(frame, deadline: deadline, now: now) }
    if action == .connectAndWait { connect() }
    sweepNoLater(than: deadline)
  }

  /// Ends a call whose task was cancelled; nothing where it has ended.
  func cancel(_ id: UInt32) {
    guard let entry = calls.withdraw(id) else { return }
    entry.waiter.resume(returning: .failure(.cancelled))
    // A caller that asks elsewhere as well cancels its calls here before any runs out of time.
    endIfSilent(at: .now())
  }

  /// Gives the connection up where the server has owed an answer for too long.
  private func endIfSilent(at now: NIODeadline) {
    guard silence.isDead(at: now), let channel else { return }
    connectionEnded(.connectionClosed, generation: generation)
    channel.close(promise: nil)
  }

  private func write(_ frame: ByteBuffer, deadline: NIODeadline, now: NIODeadline) {
    var frame = WireRequest.encoded(frame, for: understood)
    let left = (deadline - now).nanoseconds
    let milliseconds = UInt32(clamping: max(1, left / 1_000_000))
    frame.setInteger(milliseconds, at: WireRequest.deadlineOffset, endianness: .little)
    silence.sent(at: now)
    if configuration.gathersCalls {
      channel?.write(frame, promise: nil)
      flushSoon()
    } else {
      channel?.writeAndFlush(frame, promise: nil)
    }
  }

  /// Flushes at the end of the event loop's turn what all its calls have written.
  private func flushSoon() {
    guard !isFlushDue else { return }
    isFlushDue = true
    eventLoop.assumeIsolated().execute {
      self.isFlushDue = false
      self.channel?.flush()
    }
  }

  private func sweepNoLater(than deadline: NIODeadline) {
    if let sweep {
      guard deadline < sweep.at else { return }
      sweep.task.cancel()
    }
    let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.sweepExpired() }
    sweep = (deadline, task)
  }

  private func sweepExpired() {
    sweep = nil
    let now = NIODeadline.now()
    for entry in calls.expire(at: now) {
      entry.waiter.resume(returning: .failure(.deadlineExceeded))
    }
    endIfSilent(at: now)
    if let next = calls.earliestDeadline { sweepNoLater(than: next) }
  }
}

// MARK: - Answers

extension WireLink {
  /// Bytes came from the server, whatever they are.
  func receivedBytes(generation: Int) {
    if generation == self.generation { silence.received() }
  }

  /// A well-formed response came.
  func received(_ response: WireResponse, generation: Int) {
    guard generation == self.generation, channel != nil else { return }
    guard response.status != .notAuthorised else {
      return end(with: .notAuthorised)
    }
    guard identification == nil else {
      if response.id == WireProtocol.identityID { identified(by: response) }
      return
    }
    state.answered()
    guard let entry = calls.take(response.id) else { return }
    entry.waiter.resume(returning: outcome(of: response, to: entry.kind))
  }

  private func outcome(of response: WireResponse, to kind: WireKind) -> Outcome {
    guard response.kind == kind else {
      return .failure(
        .protocolViolation("The server answered a request of kind \(kind) as \(response.kind)."))
    }
    switch response.status {
    case .overloaded: return .failure(.overloaded)
    case .deadlineExceeded: return .failure(.deadlineExceeded)
    case .badRequest: return .failure(.rejected(response.message))
    case .modelFailed: return .failure(.modelFailed(response.message))
    case .notAuthorised: return .failure(.notAuthorised)
    case .otherModel:
      return .failure(.otherModel("\(response.message) (\(endpoint))"))
    case .ok: break
    }
    guard kind == .infer else { return .success(response) }
    if let classCount, response.prediction >= classCount {
      return .failure(
        .protocolViolation(
          "The server answered class \(response.prediction), expected 0 to \(classCount - 1)."))
    }
    // Softmax in single precision may round a little above 1.
    guard response.confidence >= 0, response.confidence <= 1.001 else {
      return .failure(
        .protocolViolation(
          "The server answered confidence \(response.confidence), expected 0 to 1."))
    }
    return .success(response)
  }
}

// MARK: - The connection

extension WireLink {
  private func connect() {
    generation += 1
    let attempt = generation
    let link = NIOLoopBound(self, eventLoop: eventLoop)
    let maximumFrameLength = configuration.maximumFrameLength
    let maximumUnsent = configuration.maximumUnsentBytes
    let secured = eventLoop.makePromise(of: Void.self)
    let isEncrypted = endpoint.isEncrypted
    let (host, tls) = (endpoint.host, configuration.tls)
    if !isEncrypted { secured.succeed() }
    let bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(configuration.connectTimeout))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(
        .writeBufferWaterMark, value: .init(low: maximumUnsent / 2, high: maximumUnsent)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if isEncrypted {
            secured.completeWith(try (tls ?? ClientTLS()).secure(channel, host: host))
          }
          try channel.pipeline.syncOperations.addHandler(
            WireClientHandler(
              link: link.value, generation: attempt, maximumFrameLength: maximumFrameLength))
        }
      }
    let connecting: EventLoopFuture<any Channel>
    if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
      connecting = bootstrap.connect(to: address)
    } else {
      connecting = bootstrap.connect(host: endpoint.host, port: endpoint.port)
    }
    let limit = eventLoop.assumeIsolated().scheduleTask(
      in: TimeAmount(configuration.connectTimeout)
    ) { secured.fail(ChannelError.connectTimeout(.seconds(0))) }
    let ready = connecting.hop(to: eventLoop).flatMap { channel in
      secured.futureResult.map { channel }.flatMapErrorThrowing { error in
        channel.close(promise: nil)
        throw error
      }
    }
    ready.assumeIsolated().whenComplete { result in
      limit.cancel()
      switch result {
      case .success(let channel): self.connected(channel, generation: attempt)
      case .failure(let error):
        secured.fail(error)
        self.connectFailed(error)
      }
    }
  }

  private func connected(_ channel: any Channel, generation: Int) {
    guard generation == self.generation, state.isConnecting else {
      return channel.close(promise: nil)
    }
    connections += 1
    self.channel = channel
    understood = []
    silence.received()
    // The peer may have ended it between the connection's making and this notice.
    guard channel.isActive else {
      return connectionEnded(.connectionClosed, generation: generation)
    }
    // Requests follow without waiting: a server that refuses the token says so once and ends.
    if let token = configuration.token {
      channel.write(WireRequest.encoded(authorisingWith: token), promise: nil)
      channel.flush()
    }
    if configuration.modelDigest == nil, configuration.tracer == nil { return takeCalls() }
    let question = WireRequest(kind: .describe, id: WireProtocol.identityID).encoded()
    channel.writeAndFlush(question, promise: nil)
    identification = eventLoop.assumeIsolated().scheduleTask(
      in: TimeAmount(configuration.connectTimeout)
    ) {
      self.end(
        with: .unreachable("The server at \(self.endpoint) does not say which model it serves."))
    }
  }

  /// The connection has said which model is served.
  private func identified(by response: WireResponse) {
    understood = WireExtensions.Kinds(
      names: ServedModelDescription.extensions(inJSON: response.message))
    guard configuration.modelDigest != nil else { return identificationEnded() }
    guard response.kind == .describe, response.status == .ok,
      let served = try? ServedModelDescription(json: response.message)
    else {
      return end(
        with: .unreachable(
          "The server at \(endpoint) does not say which model it serves: \(response.message)"))
    }
    guard served.digest == configuration.modelDigest else {
      return end(with: .otherModel(words(about: served)))
    }
    identificationEnded()
  }

  private func identificationEnded() {
    identification?.cancel()
    identification = nil
    takeCalls()
  }

  private func words(about served: ServedModelDescription) -> String {
    "The server at \(endpoint) serves '\(served.name)' (\(served.digest.prefix(19))), and the model "
      + "agreed on is \((configuration.modelDigest ?? "").prefix(19)): serve that one, or calibrate a "
      + "policy for this one."
  }

  /// The connection can be used: calls that waited for it are sent.
  private func takeCalls() {
    guard state.connected() else { return }
    let now = NIODeadline.now()
    for (frame, deadline) in calls.takeUnsent() { write(frame, deadline: deadline, now: now) }
  }

  /// Ends the present connection for a reason of this side.
  private func end(with error: OffloadError) {
    let ended = channel
    connectionEnded(error, generation: generation)
    ended?.close(promise: nil)
  }

  private func connectFailed(_ error: any Error) {
    failedConnects += 1
    let reason = OffloadError.unreachable(
      "No connection to \(endpoint): \(ConnectFailure(error)).")
    let recovery = state.connectFailed(reason, chance: .random(in: 0...1))
    guard !state.isClosed else { return }
    for entry in calls.drain() { entry.waiter.resume(returning: .failure(reason)) }
    recover(recovery)
  }

  /// TLS has ended the connection; the reason in words.
  func refused(_ failure: TLSFailure, generation: Int) {
    connectionEnded(
      .unreachable("No connection to \(endpoint): \(failure)."), generation: generation)
  }

  /// The connection is over: every call on it ends, and the next connection is arranged.
  func connectionEnded(_ error: OffloadError, generation: Int) {
    guard generation == self.generation, channel != nil else { return }
    channel = nil
    identification?.cancel()
    identification = nil
    for entry in calls.drain() { entry.waiter.resume(returning: .failure(error)) }
    let reason: OffloadError
    switch error {
    case .unreachable, .otherModel, .notAuthorised: reason = error
    default: reason = .unreachable("The connection to \(endpoint) was lost.")
    }
    // One that was never of use counts as an attempt that failed.
    let recovery =
      state.isConnecting
      ? state.connectFailed(reason, chance: .random(in: 0...1))
      : state.lost(reason, chance: .random(in: 0...1))
    recover(recovery)
  }

  private func recover(_ recovery: LinkState.Recovery) {
    switch recovery {
    case .nothing: break
    case .connectNow: connect()
    case .connect(let delay):
      retry = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
        if self.state.retryIsDue() { self.connect() }
      }
    }
  }

  /// Ends all calls and the connection; later calls end with ``OffloadError/connectionClosed``.
  func close() -> EventLoopFuture<Void> {
    state.close()
    retry?.cancel()
    identification?.cancel()
    sweep?.task.cancel()
    sweep = nil
    for entry in calls.drain() { entry.waiter.resume(returning: .failure(.connectionClosed)) }
    guard let channel else { return eventLoop.makeSucceededVoidFuture() }
    self.channel = nil
    return channel.close().recover { _ in }
  }
}
