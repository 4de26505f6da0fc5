#if OpenInference
  internal import HIServing
  internal import NIOCore
  internal import NIOSSL
  internal import Synchronization

  /// Ends a gRPC connection whose client is too slow, with its TLS handshake, its preface or a frame that
  /// it has begun, or with reading its answers; and one that has had no call for too long.
  ///
  /// The transport has a time for connections without calls too, but as of grpc-swift-nio-transport 2.9.2
  /// a connection that it was set for is never freed: its handler and that timer keep each other.
  final class GRPCPatience: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connection's calls have sent of messages that are not whole.
    let unfinished: UnfinishedBytes
    private let watch: StallWatch
    private let idleLimit: TimeAmount
    private let ended: @Sendable () -> Void
    private var framing = HTTP2Framing()
    private var openCalls = 0
    private var idleSince = NIODeadline.now()
    private var idleTimer: Scheduled<Void>?

    /// - Parameters:
    ///   - idleLimit: how long a connection may have no call.
    ///   - unfinishedLimit: the most bytes of messages that are not whole, all calls together.
    ///   - ended: called once, when the connection is over.
    init(
      stallLimit: TimeAmount, idleLimit: TimeAmount, unfinishedLimit: Int = .max,
      ended: @escaping @Sendable () -> Void
    ) {
      unfinished = UnfinishedBytes(limit: unfinishedLimit)
      watch = StallWatch(limit: stallLimit)
      self.idleLimit = idleLimit
      self.ended = ended
    }

    func handlerAdded(context: ChannelHandlerContext) {
      watch.start(context.channel)
      idleSince = context.eventLoop.now
      watchIdleness(of: context.channel, in: idleLimit)
    }

    /// A call has begun on the connection; on its event loop.
    func callBegan() { openCalls += 1 }

    /// A call is over; on the connection's event loop.
    func callEnded(at now: NIODeadline) {
      openCalls -= 1
      idleSince = now
    }

    /// Looks again once the connection may have been idle for too long: calls themselves set no timer.
    private func watchIdleness(of channel: any Channel, in time: TimeAmount) {
      idleTimer = channel.eventLoop.assumeIsolated().scheduleTask(in: time) {
        let left =
          self.openCalls > 0
          ? self.idleLimit : self.idleSince + self.idleLimit - channel.eventLoop.now
        if left > .zero {
          self.watchIdleness(of: channel, in: left)
        } else {
          self.endGracefully(channel)
        }
      }
    }

    /// Tells the client to open no more calls here. One that has some by then is let finish them; a peer
    /// that neither ends the connection nor has calls is cut off.
    private func endGracefully(_ channel: any Channel) {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      idleTimer = channel.eventLoop.assumeIsolated().scheduleTask(in: watch.limit) {
        if self.openCalls == 0 {
          channel.close(promise: nil)
        } else {
          self.watchIdleness(of: channel, in: self.idleLimit)
        }
      }
    }

    private func stop() {
      watch.stop()
      idleTimer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let frames = framing.frames
      framing.received(unwrapInboundIn(data).readableBytesView)
      // Another frame's time is its own, also where reads never end with a frame.
      if framing.isBetweenFrames || framing.frames != frames { watch.ended() }
      if !framing.isBetweenFrames { watch.began() }
      context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
      watch.writabilityChanged(to: context.channel.isWritable)
      context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
      stop()
      context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
      stop()
      ended()
    }
  }

  /// Lets so many gRPC connections in, each watched for its pace; one more is closed at once.
  final class GRPCDoor: Sendable {
    private let limit: Int
    private let stallLimit: TimeAmount
    private let idleLimit: TimeAmount
    private let largestMessage: Int
    private let count = Atomic(0)

    /// - Parameters:
    ///   - limit: the most connections.
    ///   - largestMessage: the most bytes of one message; a connection may have begun two such.
    init(limit: Int, stallLimit: TimeAmount, idleLimit: TimeAmount, largestMessage: Int) {
      self.limit = limit
      self.stallLimit = stallLimit
      self.idleLimit = idleLimit
      self.largestMessage = largestMessage
    }

    /// Begins to watch a connection that has just come, before anything is read from it.
    func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
      guard count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
        count.wrappingSubtract(1, ordering: .relaxed)
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ClosedDoor(), position: .first)
        }
      }
      return channel.eventLoop.makeCompletedFuture {
        let pipeline = channel.pipeline.syncOperations
        let patience = GRPCPatience(
          stallLimit: stallLimit, idleLimit: idleLimit, unfinishedLimit: 2 * largestMessage
        ) { [self] in
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

    /// Counts a call for its connection's patience, until it is over, and watches what is sent on it; on the
    /// connection's event loop.
    func acceptCall(_ stream: any Channel) -> EventLoopFuture<Void> {
      stream.eventLoop.makeCompletedFuture {
        let connection = stream.parent?.pipeline.syncOperations
        guard let patience = try? connection?.handler(type: GRPCPatience.self) else { return }
        try stream.pipeline.syncOperations.addHandler(
          GRPCCallPatience(
            largestMessage: largestMessage, stallLimit: stallLimit, unfinished: patience.unfinished),
          position: .first)
        patience.callBegan()
        stream.closeFuture.assumeIsolated().whenComplete { _ in
          patience.callEnded(at: stream.eventLoop.now)
        }
      }
    }
  }

  /// Closes a connection as soon as it is one, with nothing said: where one ends before, the transport's
  /// handlers do not hear of it, and their timers keep them.
  private final class ClosedDoor: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
      context.fireChannelActive()
      context.close(promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      promise?.fail(ChannelError.ioOnClosedChannel)
    }
  }
#endif
