#if OpenInference
  internal import NIOCore

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
    private let idle: IdleWatch
    private var framing = HTTP2Framing()
    private var endTimer: Scheduled<Void>?

    /// - Parameters:
    ///   - idleLimit: how long a connection may have no call.
    ///   - unfinishedLimit: the most bytes of messages that are not whole, all calls together.
    init(stallLimit: TimeAmount, idleLimit: TimeAmount, unfinishedLimit: Int = .max) {
      unfinished = UnfinishedBytes(limit: unfinishedLimit)
      watch = StallWatch(limit: stallLimit)
      idle = IdleWatch(limit: idleLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
      watch.start(context.channel)
      watchIdleness(of: context.channel)
    }

    /// A call has begun on the connection; on its event loop.
    func callBegan() { idle.requestBegan() }

    /// A call is over; on the connection's event loop.
    func callEnded(at now: NIODeadline) { idle.requestEnded(at: now) }

    private func watchIdleness(of channel: any Channel) {
      idle.start(on: channel.eventLoop) { self.endGracefully(channel) }
    }

    /// Tells the client to open no more calls here. One that has some by then is let finish them; a peer
    /// that neither ends the connection nor has calls is cut off.
    private func endGracefully(_ channel: any Channel) {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      endTimer = channel.eventLoop.assumeIsolated().scheduleTask(in: watch.limit) {
        if self.idle.hasRequests {
          self.watchIdleness(of: channel)
        } else {
          channel.close(promise: nil)
        }
      }
    }

    private func stop() {
      watch.stop()
      idle.stop()
      endTimer?.cancel()
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

    func handlerRemoved(context: ChannelHandlerContext) { stop() }
  }
#endif
