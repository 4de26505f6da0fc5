internal import NIOCore

/// The end of a client's pipeline: cuts bytes into frames for the link that made the connection.
final class WireClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let link: WireLink
  private let generation: Int
  private var decoder: WireFrameDecoder

  init(link: WireLink, generation: Int, maximumFrameLength: Int) {
    self.link = link
    self.generation = generation
    self.decoder = WireFrameDecoder(
      minimumLength: WireProtocol.responseHeaderBytes, maximumLength: maximumFrameLength)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    decoder.append(unwrapInboundIn(data))
    link.receivedBytes(generation: generation)
    do throws(WireViolation) {
      while let frame = try decoder.next() {
        link.received(try WireResponse(frame: frame), generation: generation)
      }
    } catch {
      link.connectionEnded(.protocolViolation(error.description), generation: generation)
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // In TLS 1.3 a server refuses the client's certificate after the handshake.
    if let failure = TLSFailure(error) { link.refused(failure, generation: generation) }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    link.connectionEnded(.connectionClosed, generation: generation)
  }
}
