#if OpenInference
  internal import NIOCore
  internal import NIOSSL

  /// Ends an attempt of gRPC's to connect that takes too long: until the server's first bytes of HTTP/2,
  /// behind TLS where there is TLS.
  ///
  /// The transport itself waits ten seconds for TCP, and for a server that accepts and says nothing as long
  /// as the call does.
  final class GRPCConnectLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limit: TimeAmount
    private var timer: Scheduled<Void>?

    init(limit: TimeAmount) { self.limit = limit }

    /// Begins to watch a connection that is about to be made.
    static func watch(_ channel: any Channel, limit: TimeAmount) -> EventLoopFuture<Void> {
      channel.eventLoop.makeCompletedFuture {
        let pipeline = channel.pipeline.syncOperations
        let handler = GRPCConnectLimit(limit: limit)
        if let tls = try? pipeline.handler(type: NIOSSLClientHandler.self) {
          try pipeline.addHandler(handler, position: .after(tls))
        } else {
          try pipeline.addHandler(handler, position: .first)
        }
      }
    }

    func handlerAdded(context: ChannelHandlerContext) {
      let channel = context.channel
      timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.fireChannelRead(data)
      context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      timer?.cancel()
      context.fireChannelInactive()
    }
  }
#endif
