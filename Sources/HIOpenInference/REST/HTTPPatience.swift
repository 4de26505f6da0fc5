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
    private let idle: IdleWatch

    /// - Parameters:
    ///   - stallLimit: how long a client may take to send what it has begun, or to read.
    ///   - idleLimit: how long a connection may be without a request.
    init(stallLimit: TimeAmount, idleLimit: TimeAmount) {
      watch = StallWatch(limit: stallLimit)
      idle = IdleWatch(limit: idleLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
      watch.start(context.channel)
      watchIdleness(of: context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
      stop()
      context.fireChannelInactive()
    }

    private func stop() {
      watch.stop()
      idle.stop()
    }

    private func watchIdleness(of channel: any Channel) {
      idle.start(on: channel.eventLoop) {
        // A request that has begun to come is not idle; that it comes is watched already.
        if self.watch.isWaiting {
          self.watchIdleness(of: channel)
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
      case .head: idle.requestBegan()
      // A large body that keeps coming is no stall, and one that trickles is.
      case .body(let bytes): watch.received(bytes.readableBytes)
      case .end: watch.ended()
      }
      context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if case .end = unwrapOutboundIn(data) { idle.requestEnded(at: context.eventLoop.now) }
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
