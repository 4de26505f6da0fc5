#if OpenInference
  internal import HIServing
  internal import NIOCore
  internal import NIOHTTP1
  internal import NIOHTTPTypes

  /// Takes note of what comes on an HTTP connection and is no request: malformed, or with too large
  /// headers. The connection ends with it.
  ///
  /// It stands behind the HTTP codec. What is malformed in a request's body is noted where the body is read.
  final class HTTPRefusals: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let refusals: Refusals
    /// Whether a request's end has not come.
    private var isReading = false
    private var isOver = false

    init(refusals: Refusals) { self.refusals = refusals }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head: isReading = true
      case .body: break
      case .end: isReading = false
      }
      context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if !isReading, !isOver, let error = error as? HTTPParserError, error != .invalidEOFState {
        isOver = true
        let isTooLarge = error == .headerOverflow
        refusals.note(
          .http, status: isTooLarge ? "header_too_large" : "bad_http",
          peer: context.remoteAddress?.ipAddress,
          reason: isTooLarge
            ? "The request's headers are too large, or too many."
            : "What came is no HTTP request (\(error)).")
      }
      context.fireErrorCaught(error)
    }
  }
#endif
