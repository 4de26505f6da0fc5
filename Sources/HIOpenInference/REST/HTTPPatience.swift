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

    private let stallLimit: TimeAmount
    /// When the request that is being read has to be there whole; nil between requests.
    private var wholeBy: NIODeadline?
    private var unwritableSince: NIODeadline?
    private var timer: Scheduled<Void>?

    init(stallLimit: TimeAmount) {
      self.stallLimit = stallLimit
    }

    func handlerAdded(context: ChannelHandlerContext) {
      // A connection that says nothing at all counts as a request that has begun.
      wholeBy = .now() + stallLimit
      try? context.pipeline.syncOperations.addHandler(FirstBytes(patience: self), position: .first)
      watch(context.channel, context.eventLoop)
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
      timer?.cancel()
      context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head: break
      // A large body that keeps coming is no stall.
      case .body: wholeBy = .now() + stallLimit
      case .end: wholeBy = nil
      }
      context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      unwritableSince = context.channel.isWritable ? nil : .now()
      context.fireChannelWritabilityChanged()
    }

    fileprivate func bytesCame() {
      if wholeBy == nil { wholeBy = .now() + stallLimit }
    }

    private func watch(_ channel: any Channel, _ eventLoop: any EventLoop) {
      timer = eventLoop.assumeIsolated().scheduleTask(
        in: .nanoseconds(stallLimit.nanoseconds / 2)
      ) {
        let now = NIODeadline.now()
        let stuck = self.unwritableSince.map { $0 + self.stallLimit <= now } ?? false
        if stuck || self.wholeBy.map({ $0 <= now }) ?? false {
          channel.close(promise: nil)
        } else {
          self.watch(channel, eventLoop)
        }
      }
    }
  }

  /// The front of the pipeline: tells that bytes came.
  private final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let patience: HTTPPatience

    init(patience: HTTPPatience) { self.patience = patience }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      patience.bytesCame()
      context.fireChannelRead(data)
    }
  }
#endif
