internal import NIOCore
internal import NIOTLS

/// Tells when the TLS handshake of a connection has ended, and how.
final class TLSHandshake: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// Succeeds with the handshake; fails with what ended the connection before.
  let done: EventLoopFuture<Void>
  private let promise: EventLoopPromise<Void>

  init(eventLoop: any EventLoop) {
    promise = eventLoop.makePromise()
    done = promise.futureResult
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { promise.succeed() }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.fireErrorCaught(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(ChannelError.eof)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    promise.fail(ChannelError.eof)
  }
}
