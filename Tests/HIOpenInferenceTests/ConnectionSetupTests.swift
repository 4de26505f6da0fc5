#if OpenInference
  import HIServing
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOHTTP2
  import NIOHTTPTypesHTTP1
  import Testing

  @testable import HIOpenInference

  /// Connections whose pipelines are not those that the doors know, as after a change of the stacks below.
  @Suite struct ConnectionSetupTests {
    private let refusals = Refusals()

    private func http() async throws -> HTTPDoor {
      let repository = try await ModelRepository.load(
        .backends([try BytesBackend()]), configuration: SchedulingConfiguration())
      var configuration = OpenInferenceConfiguration()
      configuration.refusals = refusals
      return HTTPDoor(
        RESTInference(
          service: OpenInferenceService(repository: repository), configuration: configuration))
    }

    private func grpc(isEncrypted: Bool) -> GRPCDoor {
      GRPCDoor(
        limit: 1, stallLimit: .seconds(10), idleLimit: .seconds(100), largestMessage: 1 << 20,
        isEncrypted: isEncrypted, refusals: refusals)
    }

    private func connect(_ channel: EmbeddedChannel) throws {
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// So many were noted as failed, and nothing else.
    private func expectFailures(_ count: Int, of frontEnd: FrontEnd) {
      #expect(
        refusals.counts.map { "\($0.key.frontEnd) \($0.key.status) \($0.value)" }
          == ["\(frontEnd) setup_failed \(count)"])
    }

    @Test func anHTTPConnectionWithoutTheDecoderThatIsKnownIsClosed() async throws {
      let door = try await http()
      let channel = EmbeddedChannel(handler: HTTP1ToHTTPServerCodec(secure: false))
      door.accept(channel)
      try connect(channel)
      #expect(!channel.isActive)
      // The pipeline lets go of its handlers.
      channel.embeddedEventLoop.run()
      expectFailures(1, of: .http)
    }

    @Test func anHTTPConnectionWithoutTheCodecThatIsKnownIsClosed() async throws {
      let door = try await http()
      let channel = EmbeddedChannel(
        handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
      door.accept(channel)
      try connect(channel)
      #expect(!channel.isActive)
      // The pipeline lets go of its handlers.
      channel.embeddedEventLoop.run()
      expectFailures(1, of: .http)
    }

    @Test func aGRPCConnectionWithoutTheTLSThatItShouldHaveIsClosedAndItsPlaceComesFree() throws {
      let door = grpc(isEncrypted: true)
      for count in 1...3 {
        let channel = EmbeddedChannel()
        try door.accept(channel).wait()
        try connect(channel)
        #expect(!channel.isActive)
        // What waits for its end hears of it.
        channel.embeddedEventLoop.run()
        expectFailures(count, of: .grpc)
      }
    }

    @Test func aGRPCCallOnAConnectionThatNobodyWatchesEndsIt() throws {
      let call = EmbeddedChannel()
      try connect(call)
      try grpc(isEncrypted: false).acceptCall(call).wait()
      call.embeddedEventLoop.run()
      #expect(!call.isActive)
      expectFailures(1, of: .grpc)
    }

    @Test func aGRPCConnectionThatIsAsItShouldBeIsLetIn() throws {
      let channel = EmbeddedChannel(handler: NIOHTTP2Handler(mode: .server))
      try grpc(isEncrypted: false).accept(channel).wait()
      try connect(channel)
      #expect(channel.isActive)
      #expect(refusals.counts.isEmpty)
      _ = try channel.finish(acceptAlreadyClosed: true)
    }
  }
#endif
