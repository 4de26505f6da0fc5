#if OpenInference
  internal import NIOCore
  internal import NIOHTTPTypes

  /// Ends an HTTP connection whose client is too slow: with its TLS handshake, with a request that it
  /// has begun, or with reading its answer.
  ///
  /// It stands behind the HTTP codec, where it sees requests end; a second handler at the front, where it
  /// sees every byte come, tells it of them, so that a request's head is bounded too.
  final class HTTPPatience: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let watch: StallWatch

    init(stallLimit: TimeAmount) { watch = StallWatch(limit: stallLimit) }

    func handlerAdded(context: ChannelHandlerContext) { watch.start(context.channel) }

    func handlerRemoved(context: ChannelHandlerContext) { watch.stop() }

    func channelInactive(context: ChannelHandlerContext) {
      watch.stop()
      context.fireChannelInactive()
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
      case .head: break
      // A large body that keeps coming is no stall, and one that trickles is.
      case .body(let bytes): watch.received(bytes.readableBytes)
      case .end: watch.ended()
      }
      context.fireChannelRead(data)
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
