#if OpenInference
  internal import HIServing
  internal import NIOCore

  /// Closes a connection as soon as it is one, with nothing said: where one ends before, the transport's
  /// handlers do not hear of it, and their timers keep them.
  final class ClosedDoor: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private init() {}

    /// Lets a connection in no further; on its event loop.
    static func shut(before channel: any Channel) {
      guard !channel.isActive else {
        // The transport does not expect a call's connection to end while it sets the call up.
        return channel.eventLoop.execute { channel.close(promise: nil) }
      }
      do {
        try channel.pipeline.syncOperations.addHandler(ClosedDoor(), position: .first)
      } catch {
        channel.close(promise: nil)
      }
    }

    /// The same for one that cannot be set up as it should be, which is counted and logged as the server's
    /// own fault.
    ///
    /// Its set-up does not fail as a future: the stack has made a channel of its own by then, which it has
    /// to be given to end it.
    static func shut(
      before channel: any Channel, _ frontEnd: FrontEnd, _ refusals: Refusals,
      because error: any Error
    ) {
      refusals.note(
        frontEnd, status: "setup_failed", isOwnFault: true,
        peer: channel.remoteAddress?.ipAddress,
        reason: "The connection cannot be watched, because the stack below it is not the one that "
          + "was expected (\(error)): it is closed.")
      shut(before: channel)
    }

    func channelActive(context: ChannelHandlerContext) {
      context.fireChannelActive()
      context.close(promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      promise?.fail(ChannelError.ioOnClosedChannel)
    }
  }
#endif
