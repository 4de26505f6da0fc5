#if OpenInference
  internal import HIServing
  internal import NIOCore
  internal import NIOHTTP1
  internal import NIOHTTPTypes

  /// Ends an HTTP connection whose client is too slow: with its TLS handshake, with a request that it
  /// has begun, or with reading its answer.
  ///
  /// It stands behind the HTTP codec, where it sees requests end, and puts a second handler at the
  /// front, where it sees every byte come, so that a request's head is bounded too, and a third behind the
  /// decoder, for the stack's manners.
  final class HTTPPatience: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let watch: StallWatch

    private let largestBody: Int

    init(stallLimit: TimeAmount, largestBody: Int) {
      watch = StallWatch(limit: stallLimit)
      self.largestBody = largestBody
    }

    func handlerAdded(context: ChannelHandlerContext) {
      let pipeline = context.pipeline.syncOperations
      try? pipeline.addHandler(FirstBytes(watch: watch), position: .first)
      if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
        let manners = HTTPManners(
          largestBody: largestBody, lingerLimit: min(watch.limit, .seconds(2)))
        try? pipeline.addHandler(manners, position: .after(decoder))
      }
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
