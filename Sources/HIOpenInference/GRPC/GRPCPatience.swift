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

    private let stallLimit: TimeAmount
    private let ended: @Sendable () -> Void
    private var framing = HTTP2Framing()
    /// When what has begun has to be there whole; nil between frames.
    private var wholeBy: NIODeadline?
    private var unwritableSince: NIODeadline?
    private var timer: Scheduled<Void>?

    /// - Parameter ended: called once, when the connection is over.
    init(stallLimit: TimeAmount, ended: @escaping @Sendable () -> Void) {
      self.stallLimit = stallLimit
      self.ended = ended
    }

    func handlerAdded(context: ChannelHandlerContext) {
      wholeBy = .now() + stallLimit
      watch(context.channel, context.eventLoop)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      framing.received(unwrapInboundIn(data).readableBytesView)
      wholeBy = framing.isBetweenFrames ? nil : (wholeBy ?? .now() + stallLimit)
      context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      unwritableSince = context.channel.isWritable ? nil : .now()
      context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
      timer?.cancel()
      context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
      timer?.cancel()
      ended()
    }

    private func watch(_ channel: any Channel, _ eventLoop: any EventLoop) {
      timer = eventLoop.assumeIsolated().scheduleTask(
        in: .nanoseconds(stallLimit.nanoseconds / 2)
      ) {
        let now = NIODeadline.now()
        let stuck = self.unwritableSince.map { $0 + self.stallLimit <= now } ?? false
        if stuck || self.wholeBy.map({ $0 <= now }) ?? false {
          channel.close(promise: nil)
        } else {
          self.watch(channel, eventLoop)
        }
      }
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
