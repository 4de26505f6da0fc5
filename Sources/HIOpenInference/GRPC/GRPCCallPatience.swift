#if OpenInference
  internal import GRPCCore
  internal import NIOCore
  internal import NIOHPACK
  internal import NIOHTTP2

  /// How many bytes the calls of one connection have sent of messages that are not whole, which the server
  /// has to keep; used on the connection's event loop.
  final class UnfinishedBytes {
    let limit: Int
    private var total = 0

    init(limit: Int) { self.limit = limit }

    /// Takes so many more, or less; gives whether there is room for them.
    func change(by count: Int) -> Bool {
      total += count
      return total <= limit
    }
  }

  /// Ends a gRPC call whose client sends too large a message, sends its message too slowly, or has begun
  /// too many on its connection, with a status that says so.
  ///
  /// It stands before the transport's own handler. That one takes a message of the wrong size for an error
  /// of its own and cuts the call off without a status (as of grpc-swift-nio-transport 2.9.2), and has no
  /// time for messages. What is too large only after decompression is still left to it.
  final class GRPCCallPatience: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let largestMessage: Int
    private let unfinished: UnfinishedBytes
    private let watch: StallWatch
    private var framing = GRPCMessageFraming()
    /// What of `unfinished` is this call's.
    private var counted = 0
    private var isWatching = false
    /// Whether the client has said that nothing more comes.
    private var hasEnded = false
    /// Whether the call may be open without a message for as long as its client likes.
    private var isStream = false
    private var hasAnswered = false
    private var isRefused = false

    /// - Parameters:
    ///   - largestMessage: the most bytes of one message.
    ///   - stallLimit: the time in which at least ``StallWatch/leastBytes`` of a message have to come, or
    ///     its end.
    ///   - unfinished: the connection's.
    init(largestMessage: Int, stallLimit: TimeAmount, unfinished: UnfinishedBytes) {
      self.largestMessage = largestMessage
      self.unfinished = unfinished
      watch = StallWatch(limit: stallLimit)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      // Nobody waits for the rest of what was refused.
      guard !isRefused else { return }
      switch unwrapInboundIn(data) {
      case .headers(let head):
        if let path = head.headers.first(name: ":path") {
          isStream = path.hasSuffix("/ModelStreamInfer")
        }
        hasEnded = hasEnded || head.endStream
      case .data(let frame):
        hasEnded = hasEnded || frame.endStream
        if case .byteBuffer(let bytes) = frame.data { received(bytes, context: context) }
      default: break
      }
      if !isRefused { context.fireChannelRead(data) }
    }

    private func received(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
      let whole = framing.wholeMessages
      framing.received(bytes.readableBytesView)
      if framing.wholeMessages == whole {
        watch.received(bytes.readableBytes)
      } else {
        watch.ended()
      }
      guard framing.largest <= largestMessage else {
        return refuse(
          .resourceExhausted,
          "The request has more than \(largestMessage) bytes; send less in one request.", context)
      }
      guard count(framing.unfinishedBytes) else {
        return refuse(
          .resourceExhausted,
          "The connection has begun requests of more than \(unfinished.limit) bytes together; finish "
            + "some before the next.", context)
      }
    }

    /// Keeps the connection's account; gives whether there is room.
    private func count(_ bytes: Int) -> Bool {
      defer { counted = bytes }
      return unfinished.change(by: bytes - counted)
    }

    func read(context: ChannelHandlerContext) {
      watch.isPaused = false
      context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
      let isAwaited =
        framing.unfinishedBytes > 0 || (framing.wholeMessages == 0 && !isStream)
      if hasEnded || isRefused || !isAwaited {
        watch.ended()
      } else if isWatching {
        watch.began()
      } else {
        isWatching = true
        startWatching(context)
      }
      // The transport asks for more when it has room for it.
      watch.isPaused = true
      context.fireChannelReadComplete()
    }

    private func startWatching(_ context: ChannelHandlerContext) {
      let loop = context.eventLoop
      let bound = NIOLoopBound((self, context), eventLoop: loop)
      watch.start(on: loop) {
        let (handler, context) = bound.value
        handler.refuse(
          .deadlineExceeded, "The request did not come whole in time; send it faster.", context)
      }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard !isRefused else {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return
      }
      if case .headers = unwrapOutboundIn(data) { hasAnswered = true }
      context.write(data, promise: promise)
    }

    /// Ends the call: the client gets the error as the call's status, the server's side of the call hears
    /// it, and the client is asked to send no more (RFC 9113, section 8.1).
    private func refuse(
      _ code: RPCError.Code, _ message: String, _ context: ChannelHandlerContext
    ) {
      guard !isRefused else { return }
      isRefused = true
      stop()
      var trailers = HPACKHeaders()
      if !hasAnswered {
        trailers.add(name: ":status", value: "200")
        trailers.add(name: "content-type", value: "application/grpc")
      }
      trailers.add(name: "grpc-status", value: "\(code.rawValue)")
      trailers.add(name: "grpc-message", value: message)
      context.writeAndFlush(
        wrapOutboundOut(.headers(.init(headers: trailers, endStream: true))), promise: nil)
      context.fireErrorCaught(RPCError(code: code, message: message))
      context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: nil)
    }

    private func stop() {
      watch.stop()
      _ = count(0)
    }

    func channelInactive(context: ChannelHandlerContext) {
      stop()
      context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }
  }
#endif
