#if OpenInference
  internal import NIOCore
  internal import NIOHTTP1

  /// Ends an HTTP connection whose client is too slow, with its TLS handshake, with a request that it has
  /// begun, or with reading its answer; and one that nothing was asked on for long.
  ///
  /// It stands behind the HTTP decoder, where it sees requests end; a second handler at the front, where it
  /// sees every byte come, tells it of them, so that a request's head is bounded too.
  final class HTTPPatience: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let watch: StallWatch
    private let idleLimit: TimeAmount
    private var unanswered = 0
    /// When the last answer ended.
    private var quietSince = NIODeadline.uptimeNanoseconds(0)
    private var idleTimer: Scheduled<Void>?

    /// - Parameters:
    ///   - stallLimit: how long a client may take to send what it has begun, or to read.
    ///   - idleLimit: how long a connection may be without a request.
    init(stallLimit: TimeAmount, idleLimit: TimeAmount) {
      watch = StallWatch(limit: stallLimit)
      self.idleLimit = idleLimit
    }

    func handlerAdded(context: ChannelHandlerContext) {
      watch.start(context.channel)
      quietSince = context.eventLoop.now
      watchIdleness(of: context.channel, from: quietSince)
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
      stop()
      context.fireChannelInactive()
    }

    private func stop() {
      watch.stop()
      idleTimer?.cancel()
      idleTimer = nil
    }

    /// Looks again when the connection may have been idle for too long.
    private func watchIdleness(of channel: any Channel, from start: NIODeadline) {
      let loop = channel.eventLoop
      idleTimer = loop.assumeIsolated().scheduleTask(deadline: start + idleLimit) {
        let now = loop.now
        if self.unanswered > 0 || self.watch.isWaiting {
          self.watchIdleness(of: channel, from: now)
        } else if self.quietSince + self.idleLimit > now {
          self.watchIdleness(of: channel, from: self.quietSince)
        } else {
          channel.close(promise: nil)
        }
      }
    }

    /// Whether nothing is read, so that no client can be blamed for what does not come.
    var isPaused: Bool {
      get { watch.isPaused }
      set { watch.isPaused = newValue }
    }

    /// Bytes came.
    fileprivate func began() { watch.began() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head: unanswered += 1
      // A large body that keeps coming is no stall, and one that trickles is.
      case .body(let bytes): watch.received(bytes.readableBytes)
      case .end: watch.ended()
      }
      context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if case .end = unwrapOutboundIn(data) {
        unanswered -= 1
        quietSince = context.eventLoop.now
      }
      context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      watch.writabilityChanged(to: context.channel.isWritable)
      context.fireChannelWritabilityChanged()
    }
  }

  /// The front of the pipeline: tells that bytes came.
  final class HTTPFirstBytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let patience: HTTPPatience

    init(for patience: HTTPPatience) { self.patience = patience }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      patience.began()
      context.fireChannelRead(data)
    }
  }
#endif
