internal import HIData
internal import HITracing
internal import HITransport
internal import NIOCore
internal import NIOTLS
internal import Tracing

/// What a connection uses of its server.
struct ConnectionServices: Sendable {
  let target: WireTarget
  let metrics: ServerMetrics
  let registry: ConnectionRegistry
  let idleTimeout: TimeAmount
  let stallTimeout: TimeAmount
  let lingerTimeout: TimeAmount
  let admissionTimeout: TimeAmount
  let tls: ServerTLS?
  let refusals: Refusals
  let tracer: (any Tracer)?
}

/// Drives a connection's session: bytes to requests, requests to the scheduler, outcomes to bytes.
///
/// A client that does not read its answers is not read from either, so that the memory that it can
/// hold is bounded. A connection ends by closing the sending side first and reading on for a while:
/// closing both with bytes unread would make the system throw away answers under way.
final class ConnectionHandler<Session: ServingSession>: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = Never
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    /// Requests are taken.
    case open
    /// Requests are refused, those in flight are answered, then the connection ends.
    case draining
    /// Nothing more can be read as requests; those in flight are answered, then it ends.
    case finishing
    /// All is answered, and the answers are under way; what comes is thrown away.
    case flushing
    /// The sending side is closed; what comes is thrown away.
    case lingering
  }

  private let services: ConnectionServices
  private var session: Session
  private var patience: PeerPatience
  private var phase = Phase.open
  private var inFlight = 0
  private var inputClosed = false
  private var heldRead = false
  private var isProcessing = false
  /// The last answer on its way to the socket.
  private var lastWrite: EventLoopFuture<Void>?
  /// How many bytes of answers the client had left to take when the clock last looked.
  private var unsentBytes = 0
  private var context: ChannelHandlerContext?
  private var timer: Scheduled<Void>?

  init(session: Session, services: ConnectionServices) {
    self.session = session
    self.services = services
    self.patience = PeerPatience(
      idleLimit: services.idleTimeout, stallLimit: services.stallTimeout,
      admissionLimit: session.isAdmitted && services.tls == nil ? nil : services.admissionTimeout,
      now: .now())
  }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    watch(
      until: .now()
        + min(services.idleTimeout, services.stallTimeout, services.admissionTimeout))
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    timer?.cancel()
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.context = nil
    timer?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard phase == .open || phase == .draining else { return }
    session.append(unwrapInboundIn(data))
    let madeProgress = process(context)
    if session.isAdmitted { patience.admitted() }
    patience.received(
      at: .now(), madeProgress: madeProgress, hasPartialRequest: session.hasPartialRequest)
  }

  func read(context: ChannelHandlerContext) {
    if phase == .lingering || (context.channel.isWritable && session.wantsBytes) {
      context.read()
    } else {
      heldRead = true
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    patience.writabilityChanged(to: context.channel.isWritable, at: .now())
    if context.channel.isWritable { advance(context) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case TLSUserEvent.handshakeCompleted as TLSUserEvent:
      if session.isAdmitted { patience.admitted() }
    case is ServerDrain:
      if phase == .open { phase = .draining }
      finishIfDone(context)
    case ChannelEvent.inputClosed:
      inputClosed = true
      if phase == .lingering {
        context.close(promise: nil)
      } else {
        finishIfDone(context)
      }
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  // MARK: Requests and answers

  private func advance(_ context: ChannelHandlerContext) {
    if process(context) {
      patience.processed(
        at: .now(), madeProgress: true, hasPartialRequest: session.hasPartialRequest)
    }
    if heldRead, context.channel.isWritable, session.wantsBytes {
      heldRead = false
      context.read()
    }
    finishIfDone(context)
  }

  /// Takes steps as long as there are some and the client reads; gives whether there were any.
  private func process(_ context: ChannelHandlerContext) -> Bool {
    // A flush can report writability from within itself; the loop below sees to it.
    guard !isProcessing else { return false }
    isProcessing = true
    var madeProgress = false
    while step(context) {
      madeProgress = true
      context.flush()
    }
    isProcessing = false
    finishIfDone(context)
    return madeProgress
  }

  /// Takes steps until there are none or the client has too much to read; gives whether there were any.
  private func step(_ context: ChannelHandlerContext) -> Bool {
    var steps = 0
    while phase == .open || phase == .draining, context.channel.isWritable {
      switch session.next(inFlight: inFlight, isDraining: phase == .draining) {
      case .wait: return steps > 0
      case .reply(let reply): write(reply, context)
      case .infer(let sample, let milliseconds, let ticket, let extensions):
        submit(sample, milliseconds: milliseconds, ticket: ticket, extensions, context)
      case .end(let reply):
        write(reply, context)
        phase = .finishing
      }
      steps += 1
    }
    return steps > 0
  }

  private func submit(
    _ sample: Sample, milliseconds: UInt32, ticket: UInt32, _ extensions: WireExtensions,
    _ context: ChannelHandlerContext
  ) {
    let now = NIODeadline.now()
    let trace = services.tracer.map { beginTrace(extensions.trace, context, by: $0) }
    let eventLoop = context.eventLoop
    let connection = NIOLoopBound(self, eventLoop: eventLoop)
    let request = InferenceRequest(
      samples: [sample], received: now,
      deadline: milliseconds == 0 ? .distantFuture : now + .milliseconds(Int64(milliseconds)),
      trace: trace
    ) { outcome in
      eventLoop.execute { connection.value.finished(ticket, outcome, trace) }
    }
    guard let model = services.target.model else {
      return write(session.answer(ticket, .failed(WireTarget.notLoaded)), context, trace)
    }
    trace?.describe(model)
    // Asked of the very model that would run it: one may have been put in another's place just now.
    if let tag = extensions.modelTag, tag != model.input.tag {
      return write(session.otherModel(ticket, served: model.description), context, trace)
    }
    if model.submit(request) {
      inFlight += 1
      services.metrics.requestAccepted()
    } else {
      write(session.refusal(ticket), context, trace)
    }
  }

  /// Begins a request's span.
  private func beginTrace(
    _ parent: TraceParent?, _ context: ChannelHandlerContext, by tracer: any Tracer
  ) -> RequestTrace {
    let trace = RequestTrace(
      "hi/infer",
      context: parent.map {
        TraceHeaders(parent: $0.description, state: nil).context(by: tracer)
      }, by: tracer)
    trace.describe {
      $0["rpc.system"] = "hi"
      $0["rpc.method"] = "infer"
      $0["hi.front_end"] = Session.frontEnd.rawValue
      if let peer = context.remoteAddress?.ipAddress { $0["network.peer.address"] = peer }
    }
    return trace
  }

  private func finished(_ ticket: UInt32, _ outcome: InferenceOutcome, _ trace: RequestTrace?) {
    inFlight -= 1
    let reply = session.answer(ticket, outcome)
    guard let context else { return end(trace, reply) }
    write(reply, context, trace)
    context.flush()
    advance(context)
  }

  private func end(_ trace: RequestTrace?, _ reply: ServingReply) {
    trace?.end(reply.status.name, failure: reply.status == .ok ? nil : reply.reason)
  }

  private func write(
    _ reply: ServingReply, _ context: ChannelHandlerContext, _ trace: RequestTrace? = nil
  ) {
    end(trace, reply)
    services.metrics.answered(reply.status)
    if reply.status != .ok {
      services.refusals.note(
        Session.frontEnd, status: reply.status.name, isOwnFault: reply.status == .modelFailed,
        peer: context.remoteAddress?.ipAddress,
        reason: reply.reason.isEmpty ? reply.status.name : reply.reason)
    }
    lastWrite = context.write(wrapOutboundOut(reply.bytes))
  }

  // MARK: The end

  /// Begins the connection's end where nothing is left to do.
  private func finishIfDone(_ context: ChannelHandlerContext) {
    guard inFlight == 0, !isProcessing else { return }
    switch phase {
    case .finishing: break
    // A client that has closed its sending side still gets what it asked for before; while it does not
    // read, some of that can be waiting to be taken.
    case .open where inputClosed && context.channel.isWritable: break
    case .draining where context.channel.isWritable: break
    case .open, .draining, .flushing, .lingering: return
    }
    phase = .flushing
    unsentBytes = bufferedBytes(context)
    watch(until: .now() + services.stallTimeout)
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    // Closing sooner would throw away what the client is slow to take.
    (lastWrite ?? context.eventLoop.makeSucceededVoidFuture()).whenComplete { _ in
      let handler = handler.value
      if let context = handler.context { handler.closeOutput(context) }
    }
  }

  private func bufferedBytes(_ context: ChannelHandlerContext) -> Int {
    (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  private func closeOutput(_ context: ChannelHandlerContext) {
    phase = .lingering
    watch(until: .now() + services.lingerTimeout)
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.close(mode: .output).whenComplete { _ in
      let handler = handler.value
      guard let context = handler.context else { return }
      if handler.inputClosed {
        context.close(promise: nil)
      } else if handler.heldRead {
        handler.heldRead = false
        context.read()
      }
    }
  }

  private func watch(until deadline: NIODeadline) {
    guard let context else { return }
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.timeIsUp()
    }
  }

  private func timeIsUp() {
    guard let context else { return }
    switch phase {
    case .lingering: return context.close(promise: nil)
    case .flushing:
      let left = bufferedBytes(context)
      guard left < unsentBytes else { return context.close(promise: nil) }
      unsentBytes = left
      return watch(until: .now() + services.stallTimeout)
    case .open, .draining, .finishing: break
    }
    switch patience.verdict(at: .now(), isBusy: inFlight > 0) {
    case .close: context.close(promise: nil)
    case .ask(let again): watch(until: min(again, .now() + services.stallTimeout))
    }
  }
}
