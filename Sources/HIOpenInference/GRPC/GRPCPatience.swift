#if OpenInference
  internal import HIServing
  internal import NIOCore
  internal import NIOSSL
  internal import Synchronization

  /// Ends a gRPC connection whose client is too slow, with its TLS handshake, its preface or a frame that
  /// it has begun, or with reading its answers.
  ///
  /// The transport itself bounds only how long a connection without calls may be quiet.
  final class GRPCPatience: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let watch: StallWatch
    private let ended: @Sendable () -> Void
    private var framing = HTTP2Framing()

    /// - Parameter ended: called once, when the connection is over.
    init(stallLimit: TimeAmount, ended: @escaping @Sendable () -> Void) {
      watch = StallWatch(limit: stallLimit)
      self.ended = ended
    }

    func handlerAdded(context: ChannelHandlerContext) { watch.start(context.channel) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      framing.received(unwrapInboundIn(data).readableBytesView)
      if framing.isBetweenFrames { watch.ended() } else { watch.began() }
      context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      watch.writabilityChanged(to: context.channel.isWritable)
      context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
      watch.stop()
      context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
      watch.stop()
      ended()
    }
  }

  /// Lets so many gRPC connections in, each watched for its pace; one more is closed at once.
  final class GRPCDoor: Sendable {
    private let limit: Int
    private let stallLimit: TimeAmount
    private let count = Atomic(0)

    init(limit: Int, stallLimit: TimeAmount) {
      self.limit = limit
      self.stallLimit = stallLimit
    }

    /// Begins to watch a connection that has just come, before anything is read from it.
    func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
      guard count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
        count.wrappingSubtract(1, ordering: .relaxed)
        return channel.close()
      }
      return channel.eventLoop.makeCompletedFuture {
        let pipeline = channel.pipeline.syncOperations
        let patience = GRPCPatience(stallLimit: stallLimit) { [self] in
          count.wrappingSubtract(1, ordering: .relaxed)
        }
        // Where the bytes of HTTP/2 are plain.
        let position: ChannelPipeline.SynchronousOperations.Position
        if let tls = try? pipeline.handler(type: NIOSSLServerHandler.self) {
          position = .after(tls)
        } else {
          position = .first
        }
        try pipeline.addHandler(patience, position: position)
      }
    }
  }
#endif
