internal import NIOCore

/// Turns a connection away with a last word.
final class RefusingHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let refusal: ByteBuffer?

  init(refusal: ByteBuffer?) {
    self.refusal = refusal
  }

  func channelActive(context: ChannelHandlerContext) {
    guard let refusal else { return context.close(promise: nil) }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(refusal)).whenComplete { _ in
      bound.value.close(promise: nil)
    }
  }
}
