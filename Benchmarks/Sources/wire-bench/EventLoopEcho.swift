import NIOCore
import NIOPosix

/// What any protocol on two event loops costs at least: so many bytes to a SwiftNIO server and so many
/// back, without frames, identifiers, deadlines, tasks or other bookkeeping.
final class EventLoopEcho: Sendable {
  /// The server's own, as ``HIServer`` has.
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let server: any Channel
  private let client: any Channel
  private let requestBytes: Int
  private let responseBytes: Int

  init(requestBytes: Int, responseBytes: Int) async throws {
    self.requestBytes = requestBytes
    self.responseBytes = responseBytes
    server = try await ServerBootstrap(group: group)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            Answers(requestBytes: requestBytes, responseBytes: responseBytes))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(to: server.localAddress!).get()
  }

  /// How long each of so many round trips took, one after the other.
  func roundTrips(_ count: Int) async throws -> [Duration] {
    let promise = client.eventLoop.makePromise(of: [Duration].self)
    try await client.eventLoop.submit { [client, requestBytes, responseBytes] in
      let asks = Asks(
        count: count, requestBytes: requestBytes, responseBytes: responseBytes, done: promise)
      try client.pipeline.syncOperations.addHandler(asks)
    }.get()
    return try await promise.futureResult.get()
  }

  func close() async throws {
    try await client.close()
    try await server.close()
    try await group.shutdownGracefully()
  }
}

/// Answers every so many bytes with so many.
private final class Answers: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let requestBytes: Int
  private let response: ByteBuffer
  private var received = 0

  init(requestBytes: Int, responseBytes: Int) {
    self.requestBytes = requestBytes
    response = ByteBuffer(repeating: 2, count: responseBytes)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += unwrapInboundIn(data).readableBytes
    guard received >= requestBytes else { return }
    received -= requestBytes
    context.writeAndFlush(wrapOutboundOut(response), promise: nil)
  }
}

/// Asks, waits for the whole answer and asks again, so many times.
private final class Asks: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let count: Int
  private let request: ByteBuffer
  private let responseBytes: Int
  private let done: EventLoopPromise<[Duration]>
  private var received = 0
  private var asked = ContinuousClock.now
  private var times: [Duration] = []

  init(
    count: Int, requestBytes: Int, responseBytes: Int, done: EventLoopPromise<[Duration]>
  ) {
    self.count = count
    self.responseBytes = responseBytes
    self.done = done
    request = ByteBuffer(repeating: 1, count: requestBytes)
  }

  func handlerAdded(context: ChannelHandlerContext) { ask(context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += unwrapInboundIn(data).readableBytes
    guard received >= responseBytes else { return }
    received = 0
    times.append(ContinuousClock.now - asked)
    if times.count < count { return ask(context) }
    done.succeed(times)
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

  private func ask(_ context: ChannelHandlerContext) {
    asked = .now
    context.writeAndFlush(wrapOutboundOut(request), promise: nil)
  }
}
