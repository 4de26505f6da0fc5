#if OpenInference
  internal import HIServing
  internal import NIOCore
  internal import NIOHTTP2

  /// Takes note of a gRPC connection that ends because what came is not HTTP/2, or breaks its rules; once.
  ///
  /// It stands right behind NIO's HTTP/2 handler: the transport's own, which comes next, ends the connection
  /// and keeps the reason to itself.
  final class HTTP2Refusals: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let refusals: Refusals
    /// Whether the client was told to open no more calls.
    private var isEnding = false
    private var isOver = false

    init(refusals: Refusals) { self.refusals = refusals }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is ChannelShouldQuiesceEvent { isEnding = true }
      context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      if !isOver, isTheClients(error) {
        isOver = true
        refusals.note(
          .grpc, status: "bad_http2", peer: context.remoteAddress?.ipAddress,
          reason: "What came is not HTTP/2 as it should be (\(type(of: error))).")
      }
      context.fireErrorCaught(error)
    }

    private func isTheClients(_ error: any Error) -> Bool {
      switch error {
      // A call that crossed with the farewell.
      case is NIOHTTP2Errors.NoSuchStream: !isEnding
      case is NIOHTTP2Errors.IOOnClosedConnection, is NIOHTTP2Errors.ActivationError: false
      // Others are the network's, or TLS's, or a call's alone.
      default: error is any NIOHTTP2Error
      }
    }
  }
#endif
