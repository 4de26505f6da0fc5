package import NIOCore

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Lets a listening socket rest where the process has no file descriptors, or the system no memory, for
/// another connection.
///
/// Who waits stays in the system's queue. SwiftNIO's own `AcceptBackoffHandler` holds back only the reads
/// that come after the one that failed, which is still pending: the event loop then tries again without
/// a pause, and takes a whole core.
package final class AcceptPause: ChannelInboundHandler {
  package typealias InboundIn = any Channel

  private let pause: TimeAmount
  private var isResting = false

  /// Makes one.
  package init(pause: TimeAmount = .milliseconds(200)) {
    self.pause = pause
  }

  /// Puts one before everything else that the channel has.
  package static func add(to channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.submit {
      try channel.pipeline.syncOperations.addHandler(AcceptPause(), position: .first)
    }
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError,
      [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode)
    else { return context.fireErrorCaught(error) }
    guard !isResting else { return }
    isResting = true
    let channel = context.channel
    _ = channel.setOption(.autoRead, value: false)
    context.eventLoop.assumeIsolated().scheduleTask(in: pause) {
      self.isResting = false
      _ = channel.setOption(.autoRead, value: true)
    }
  }
}
