#if OpenInference
  internal import HIServing
  internal import NIOCore
  internal import NIOHTTPTypes

  /// Ends an HTTP connection whose client is too slow: with its TLS handshake, with a request that it
  /// has begun, or with reading its answer.
  ///
  /// It stands behind the HTTP codec, where it sees requests end, and puts a second handler at the
  /// front, where it sees every byte come, so that a request's head is bounded too.
  final class HTTPPatience: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let watch: StallWatch

    init(stallLimit: TimeAmount) { watch = StallWatch(limit: stallLimit) }

    func handlerAdded(context: ChannelHandlerContext) {
      try? context.pipeline.syncOperations.addHandler(FirstBytes(watch: watch), position: .first)
      watch.start(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) { watch.stop() }

    func channelInactive(context: ChannelHandlerContext) {
      watch.stop()
      context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head: break
      // A large body that keeps coming is no stall.
      case .body: watch.allowMoreTime()
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
  private final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let watch: StallWatch

    init(watch: StallWatch) { self.watch = watch }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      watch.began()
      context.fireChannelRead(data)
    }
  }
#endif
