#if OpenInference
  package import NIOCore
  internal import HITransport
  internal import NIOSSL
  internal import NIOTLS

  /// Takes note of a connection whose TLS handshake fails, once.
  ///
  /// It stands right behind TLS, and has a second handler before it that sees every byte come: a peer that
  /// connects and closes, as a load balancer does to see whether somebody is there, has begun no handshake.
  package final class HandshakeRefusals: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer

    private let frontEnd: FrontEnd
    private let refusals: Refusals
    fileprivate var hasBegun = false
    /// Whether there is nothing left to tell: the handshake is done, or noted.
    private var isOver = false

    private init(_ frontEnd: FrontEnd, _ refusals: Refusals) {
      self.frontEnd = frontEnd
      self.refusals = refusals
    }

    /// Puts one behind the TLS that a connection's pipeline has; on its event loop.
    ///
    /// - Throws: where the pipeline has no TLS.
    package static func add(
      to channel: any Channel, _ frontEnd: FrontEnd, _ refusals: Refusals
    ) throws {
      let pipeline = channel.pipeline.syncOperations
      let handler = HandshakeRefusals(frontEnd, refusals)
      try pipeline.addHandler(
        handler, position: .after(pipeline.handler(type: NIOSSLServerHandler.self)))
      try pipeline.addHandler(HandshakeBeginning(of: handler), position: .first)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { isOver = true }
      context.fireUserInboundEventTriggered(event)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
      note(TLSFailure.words(of: error), context)
      context.fireErrorCaught(error)
    }

    package func channelInactive(context: ChannelHandlerContext) {
      note("the connection ended before it was done", context)
      context.fireChannelInactive()
    }

    private func note(_ words: String, _ context: ChannelHandlerContext) {
      guard hasBegun, !isOver else { return }
      isOver = true
      refusals.note(
        frontEnd, status: "tls_handshake", peer: context.remoteAddress?.ipAddress,
        reason: "The TLS handshake failed: \(words)")
    }
  }

  /// The front of the pipeline: tells that the peer has sent something.
  private final class HandshakeBeginning: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let handshake: HandshakeRefusals

    init(of handshake: HandshakeRefusals) { self.handshake = handshake }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      handshake.hasBegun = true
      context.fireChannelRead(data)
    }
  }
#endif
