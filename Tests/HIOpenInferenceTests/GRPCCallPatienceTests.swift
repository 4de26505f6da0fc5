#if OpenInference
  import GRPCCore
  import NIOCore
  import NIOEmbedded
  import NIOHPACK
  import NIOHTTP2
  import Testing

  @testable import HIOpenInference

  @Suite("Patience with what gRPC calls send")
  struct GRPCCallPatienceTests {
    typealias Payload = HTTP2Frame.FramePayload

    /// A call whose time a test moves on: a message has at most 1,000,000 bytes and is stuck after 10
    /// seconds.
    private final class Call {
      let channel = EmbeddedChannel()
      let transport = Transport()

      init(_ method: String = "ModelInfer", unfinished: UnfinishedBytes? = nil) throws {
        let patience = GRPCCallPatience(
          largestMessage: 1_000_000, stallLimit: .seconds(10),
          unfinished: unfinished ?? UnfinishedBytes(limit: 2_000_000))
        try channel.pipeline.syncOperations.addHandlers(patience, transport)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let head: HPACKHeaders = [":path": "/inference.GRPCInferenceService/\(method)"]
        try send(.headers(.init(headers: head)))
      }

      /// A channel that is not closed keeps its handlers, and they keep it.
      deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

      /// The client sends something, and the server wants more.
      func send(_ payload: Payload) throws {
        try channel.writeInbound(payload)
        channel.read()
      }

      func send(_ bytes: [UInt8], isLast: Bool = false) throws {
        try send(.data(.init(data: .byteBuffer(ByteBuffer(bytes: bytes)), endStream: isLast)))
      }

      func wait(seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

      /// The trailers that ended the call, after which the client was asked to send no more; nil where it
      /// goes on.
      func end() throws -> HPACKHeaders? {
        guard let payload = try channel.readOutbound(as: Payload.self) else { return nil }
        guard case .headers(let trailers) = payload, trailers.endStream,
          case .rstStream(.noError)? = try channel.readOutbound(as: Payload.self)
        else {
          Issue.record("the call did not end with trailers and a reset")
          return nil
        }
        return trailers.headers
      }
    }

    /// Stands where the transport does, and keeps the error that it hears.
    private final class Transport: ChannelInboundHandler {
      typealias InboundIn = Payload
      private(set) var failure: RPCError.Code?

      func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = (error as? RPCError)?.code
      }
    }

    /// A message's prefix and so much of it.
    private static func begin(_ length: Int, sent: Int = 0) -> [UInt8] {
      [0] + (0..<4).map { UInt8(length >> (24 - 8 * $0) & 255) }
        + [UInt8](repeating: 7, count: sent)
    }

    @Test("Too large a message is refused by what is announced, before it comes")
    func tooLargeIsSaid() throws {
      let call = try Call()
      try call.send(Self.begin(1_000_001))
      let trailers = try #require(try call.end())
      #expect(trailers[":status"] == ["200"])
      #expect(trailers["content-type"] == ["application/grpc"])
      #expect(trailers["grpc-status"] == ["8"])
      #expect(trailers["grpc-message"].first?.contains("1000000 bytes") == true)
      #expect(call.transport.failure == .resourceExhausted)
      // The rest is not kept.
      _ = try call.channel.readInbound(as: Payload.self)
      try call.send([1, 2, 3])
      #expect(try call.channel.readInbound(as: Payload.self) == nil)
    }

    @Test("Where an answer has begun its trailers have no second status of HTTP")
    func anAnswerThatHasBegunIsEnded() throws {
      let call = try Call("ModelStreamInfer")
      try call.channel.writeOutbound(Payload.headers(.init(headers: [":status": "200"])))
      _ = try call.channel.readOutbound(as: Payload.self)
      try call.send(Self.begin(1_000_001))
      let trailers = try #require(try call.end())
      #expect(trailers[":status"] == [])
      #expect(trailers["grpc-status"] == ["8"])
      #expect(throws: ChannelError.self) {
        try call.channel.writeOutbound(Payload.headers(.init(headers: ["grpc-status": "0"])))
      }
    }

    @Test("A message that trickles ends its call")
    func tricklingEnds() throws {
      let call = try Call()
      try call.send(Self.begin(1_000_000))
      for _ in 0..<5 {
        call.wait(seconds: 3)
        try call.send([7])
      }
      #expect(try call.end()?["grpc-status"] == ["4"])
      #expect(call.transport.failure == .deadlineExceeded)
    }

    @Test("A large message that keeps coming is let finish")
    func slowButSteadyIsFine() throws {
      let call = try Call()
      try call.send(Self.begin(1_000_000))
      for _ in 0..<10 {
        call.wait(seconds: 8)
        try call.send([UInt8](repeating: 7, count: 100_000))
      }
      call.wait(seconds: 100)
      #expect(try call.end() == nil)
    }

    @Test("Many small messages are no stall, also where reads never end with one")
    func smallMessagesAreFine() throws {
      let call = try Call("ModelStreamInfer")
      try call.send(Self.begin(2, sent: 1))
      for _ in 0..<10 {
        call.wait(seconds: 8)
        try call.send([7] + Self.begin(2, sent: 1))
      }
      #expect(try call.end() == nil)
      call.wait(seconds: 20)
      #expect(try call.end() != nil)
    }

    @Test(
      "A call that begins with no message ends, unless it is a stream", arguments: [true, false])
    func silenceEnds(isStream: Bool) throws {
      let call = try Call(isStream ? "ModelStreamInfer" : "ModelInfer")
      call.wait(seconds: 30)
      #expect(try (call.end() == nil) == isStream)
    }

    @Test("A call waits for its answer as long as that takes")
    func answersMayTakeLong() throws {
      let call = try Call()
      try call.send(Self.begin(2, sent: 2), isLast: true)
      call.wait(seconds: 1000)
      #expect(try call.end() == nil)
    }

    @Test("A client is not blamed for what the server does not read")
    func aServerThatDoesNotReadWaits() throws {
      let call = try Call("ModelStreamInfer")
      // Nothing asks for more after this.
      try call.channel.writeInbound(
        Payload.data(.init(data: .byteBuffer(ByteBuffer(bytes: Self.begin(9))))))
      call.wait(seconds: 1000)
      #expect(try call.end() == nil)
      call.channel.read()
      call.wait(seconds: 30)
      #expect(try call.end() != nil)
    }

    @Test("What the calls of a connection have begun is bounded together")
    func unfinishedMessagesAreBounded() throws {
      let unfinished = UnfinishedBytes(limit: 2_000_000)
      let calls = try (0..<3).map { _ in try Call(unfinished: unfinished) }
      for call in calls { try call.send(Self.begin(900_000, sent: 800_000)) }
      #expect(try calls[0].end() == nil)
      #expect(try calls[1].end() == nil)
      #expect(try calls[2].end()?["grpc-status"] == ["8"])
      // What is whole, or whose call is over, makes room.
      try calls[0].send([UInt8](repeating: 7, count: 100_000), isLast: true)
      _ = try calls[1].channel.finish(acceptAlreadyClosed: true)
      let others = try (0..<2).map { _ in try Call(unfinished: unfinished) }
      for call in others { try call.send(Self.begin(900_000, sent: 899_000)) }
      for call in others { #expect(try call.end() == nil) }
    }
  }
#endif
