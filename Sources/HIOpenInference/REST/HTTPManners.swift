#if OpenInference
  internal import NIOCore
  internal import NIOHTTP1

  /// What HTTP/1 asks of a server and the HTTP stack leaves out (RFC 9112, RFC 9110): it answers `HEAD`
  /// without a body, tells who expects it to send their body, ends connections when either side says so, and
  /// ends those of clients that have their answer while they still send.
  ///
  /// It stands right behind NIO's decoder, where a request's version can still be seen.
  final class HTTPManners: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request that is not answered yet.
    fileprivate struct Exchange {
      let isHead: Bool
      /// What its answer says of the connection; nil where that goes without saying.
      let connection: String?
      /// Whether its client waits for a word before it sends the body.
      var expectsWord: Bool
    }

    private let largestBody: Int
    private let lingerLimit: TimeAmount
    private var exchanges: [Exchange] = []
    /// Whether the last request's end has not come.
    private var isReading = false
    /// Whether the connection ends with the answer that is being written.
    private var endsWithAnswer = false
    private var isLingering = false
    private var timer: Scheduled<Void>?

    /// - Parameters:
    ///   - largestBody: nobody is encouraged to send more.
    ///   - lingerLimit: how long what an answered client still sends is thrown away, so that it can read the
    ///     answer, before the connection is closed.
    init(largestBody: Int, lingerLimit: TimeAmount) {
      self.largestBody = largestBody
      self.lingerLimit = lingerLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let part = unwrapInboundIn(data)
      if isLingering {
        if case .end = part { context.close(promise: nil) }
        return
      }
      switch part {
      case .head(var head):
        isReading = true
        let exchange = Exchange(&head, largestBody: largestBody)
        exchanges.append(exchange)
        sayContinue(context)
        context.fireChannelRead(wrapInboundOut(.head(head)))
      case .body:
        // Who sends no longer waits for a word.
        if let last = exchanges.indices.last { exchanges[last].expectsWord = false }
        context.fireChannelRead(data)
      case .end:
        isReading = false
        context.fireChannelRead(data)
      }
    }

    /// Tells the client whose turn it is to send its body, where it waits for that.
    private func sayContinue(_ context: ChannelHandlerContext) {
      guard isReading, exchanges.count == 1, exchanges[0].expectsWord else { return }
      exchanges[0].expectsWord = false
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
        promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      let part = unwrapOutboundIn(data)
      guard let exchange = exchanges.first else {
        context.write(data, promise: promise)
        return
      }
      switch part {
      case .head(var head):
        guard !(100..<200).contains(head.status.code) else {
          context.write(data, promise: promise)
          return
        }
        if let connection = exchange.connection {
          head.headers.replaceOrAdd(name: "connection", value: connection)
        }
        // The rest of the body would be read for nothing.
        if isReading, exchanges.count == 1 {
          endsWithAnswer = true
          head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        // Without a length an encoder would say where the body ends that is not there.
        let isEndless = exchange.isHead && !head.headers.contains(name: "content-length")
        if isEndless { head.headers.replaceOrAdd(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        if isEndless {
          context.flush()
          context.close(promise: nil)
        }
      case .body:
        if exchange.isHead { promise?.succeed() } else { context.write(data, promise: promise) }
      case .end:
        exchanges.removeFirst()
        context.write(data, promise: promise)
        if endsWithAnswer {
          context.flush()
          linger(context)
        } else {
          sayContinue(context)
        }
      }
    }

    /// Says that this was the last answer, and throws away what comes until the client has seen that: a
    /// connection that is closed with bytes unread is reset, and the answer lost.
    private func linger(_ context: ChannelHandlerContext) {
      isLingering = true
      context.fireChannelRead(wrapInboundOut(.end(nil)))
      context.fireChannelReadComplete()
      context.close(mode: .output, promise: nil)
      let channel = context.channel
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: lingerLimit) {
        channel.close(promise: nil)
      }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if isLingering, let event = event as? ChannelEvent, event == .inputClosed {
        context.close(promise: nil)
      }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      // What comes of a body that nobody wants is nobody's business, well-formed or not.
      if !isLingering { context.fireErrorCaught(error) }
    }

    func channelInactive(context: ChannelHandlerContext) {
      timer?.cancel()
      context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }
  }

  extension HTTPManners.Exchange {
    /// Reads what a request asks of the connection, and makes it what the stack behind understands: a `GET`
    /// for `HEAD`, and `close` in one way only.
    fileprivate init(_ head: inout HTTPRequestHead, largestBody: Int) {
      isHead = head.method == .HEAD
      if isHead { head.method = .GET }
      let wishes = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
      let isOld = head.version != .http1_1
      if wishes.contains("close") || (isOld && !wishes.contains("keep-alive")) {
        connection = "close"
        head.headers.replaceOrAdd(name: "connection", value: "close")
      } else {
        connection = isOld ? "keep-alive" : nil
      }
      let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
      expectsWord =
        !isOld && length <= largestBody
        && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    }
  }
#endif
