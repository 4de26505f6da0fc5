#if OpenInference
  internal import HIServing
  internal import NIOCore
  internal import NIOHTTP2
  internal import NIOSSL
  internal import Synchronization

  /// Lets so many gRPC connections in, each watched for its pace; one more is closed at once, and so is one
  /// that cannot be watched, as after a change of the transport's own.
  final class GRPCDoor: Sendable {
    private let limit: Int
    private let stallLimit: TimeAmount
    private let idleLimit: TimeAmount
    private let largestMessage: Int
    private let isEncrypted: Bool
    private let refusals: Refusals
    private let count = Atomic(0)

    /// - Parameters:
    ///   - limit: the most connections.
    ///   - stallLimit: how long a client may take with what it has begun.
    ///   - idleLimit: how long a connection may have no call.
    ///   - largestMessage: the most bytes of one message; a connection may have begun two such.
    ///   - isEncrypted: whether connections have TLS.
    ///   - refusals: are told of connections that cannot be watched, that fail in their handshake or that do
    ///     not speak HTTP/2.
    init(
      limit: Int, stallLimit: TimeAmount, idleLimit: TimeAmount, largestMessage: Int,
      isEncrypted: Bool, refusals: Refusals
    ) {
      self.limit = limit
      self.stallLimit = stallLimit
      self.idleLimit = idleLimit
      self.largestMessage = largestMessage
      self.isEncrypted = isEncrypted
      self.refusals = refusals
    }

    /// Begins to watch a connection that has just come, before anything is read from it.
    func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
      guard count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
        count.wrappingSubtract(1, ordering: .relaxed)
        return channel.eventLoop.makeCompletedFuture { ClosedDoor.shut(before: channel) }
      }
      channel.closeFuture.whenComplete { [self] _ in
        count.wrappingSubtract(1, ordering: .relaxed)
      }
      return channel.eventLoop.makeCompletedFuture {
        do {
          try watch(channel)
        } catch {
          ClosedDoor.shut(before: channel, .grpc, refusals, because: error)
        }
      }
    }

    private func watch(_ channel: any Channel) throws {
      let pipeline = channel.pipeline.syncOperations
      let patience = GRPCPatience(
        stallLimit: stallLimit, idleLimit: idleLimit, unfinishedLimit: 2 * largestMessage)
      // Where the bytes of HTTP/2 are plain.
      try pipeline.addHandler(
        patience,
        position: isEncrypted ? .after(pipeline.handler(type: NIOSSLServerHandler.self)) : .first)
      try pipeline.addHandler(
        HTTP2Refusals(refusals: refusals),
        position: .after(pipeline.handler(type: NIOHTTP2Handler.self)))
      if isEncrypted { try HandshakeRefusals.add(to: channel, .grpc, refusals) }
    }

    /// Counts a call for its connection's patience, until it is over, and watches what is sent on it; on the
    /// connection's event loop.
    func acceptCall(_ stream: any Channel) -> EventLoopFuture<Void> {
      stream.eventLoop.makeCompletedFuture {
        do {
          try watchCall(stream)
        } catch {
          ClosedDoor.shut(before: stream.parent ?? stream, .grpc, refusals, because: error)
        }
      }
    }

    private func watchCall(_ stream: any Channel) throws {
      guard let connection = stream.parent else { throw ChannelPipelineError.notFound }
      let patience = try connection.pipeline.syncOperations.handler(type: GRPCPatience.self)
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
#endif
