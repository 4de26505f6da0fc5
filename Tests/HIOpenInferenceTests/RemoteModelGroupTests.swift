#if OpenInference
  import GRPCCore
  import HIData
  import HIServing
  import HITransport
  import Testing

  @testable import HIOpenInference

  /// Several samples by one request, over both transports.
  @Suite struct RemoteModelGroupTests {
    private func remote(
      _ server: OpenInferenceServer, _ scheme: String
    ) throws -> OpenInferenceRemoteModel {
      let port = try #require(scheme == "http" ? server.httpPort : server.grpcPort)
      return OpenInferenceRemoteModel(
        endpoint: try OpenInferenceEndpoint("\(scheme)://127.0.0.1:\(port)/bytes"))
    }

    private func sample(_ red: UInt8, _ green: UInt8, _ blue: UInt8) throws -> Sample {
      try #require(
        Sample(elementType: .uint8, shape: [2, 2, 3], bytes: BytesBackend.sample(red, green, blue)))
    }

    private func answered(_ server: OpenInferenceServer) throws -> Int {
      try #require(server.service.repository.models.first?.snapshot).requests.answered
    }

    @Test(arguments: ["http", "grpc"])
    func aGroupIsOneRequestAndKeepsItsOrder(scheme: String) async throws {
      try await withServer { server in
        let remote = try remote(server, scheme)
        let samples = [
          try sample(9, 0, 0), try sample(0, 0, 9), try sample(0, 9, 0), try sample(7, 0, 0),
        ]
        let answers = await remote.classify(samples, deadline: .seconds(20))
        #expect(answers.map { try? $0.get().prediction } == [0, 2, 1, 0])
        #expect(try answered(server) == 1)
        await remote.close()
      }
    }

    @Test(arguments: ["http", "grpc"])
    func aSampleThatBreaksTheModelTakesNoOtherWithIt(scheme: String) async throws {
      try await withServer { server in
        let remote = try remote(server, scheme)
        let samples = [try sample(9, 0, 0), try sample(255, 0, 0), try sample(0, 9, 0)]
        let answers = await remote.classify(samples, deadline: .seconds(20))
        #expect(try answers[0].get().prediction == 0)
        #expect(
          throws: OffloadError.modelFailed("The model broke on this sample.")
        ) { try answers[1].get() }
        #expect(try answers[2].get().prediction == 1)
        await remote.close()
      }
    }

    /// Over REST the server answers 413; over gRPC it ends the call.
    @Test(arguments: ["http", "grpc"])
    func aGroupThatIsTooLargeForTheServerIsAskedOneByOne(scheme: String) async throws {
      try await withServer(configure: { $0.maximumBodyBytes = 600 }) { server in
        let remote = try remote(server, scheme)
        let classes = (0..<80).map { $0 % 3 }
        let samples = try classes.map { top in
          try sample(top == 0 ? 9 : 0, top == 1 ? 9 : 0, top == 2 ? 9 : 0)
        }
        let answers = await remote.classify(samples, deadline: .seconds(20))
        #expect(answers.map { try? $0.get().prediction } == classes)
        #expect(try answered(server) == 80)
        await remote.close()
      }
    }

    private static let reset =
      "Stream unexpectedly closed: received RST_STREAM frame (0x8: Cancel)."

    @Test(
      arguments: [
        (.resourceExhausted, "too large", "overloaded", "rejected"),
        (.cancelled, "", "cancelled", "rejected"), (.unavailable, reset, "overloaded", "rejected"),
        (.unavailable, "busy", "overloaded", "overloaded"),
        (.unavailable, "channel isn't ready", "unreachable", "unreachable"),
        (.deadlineExceeded, "", "deadlineExceeded", "deadlineExceeded"),
        (.unauthenticated, "no token", "notAuthorised", "notAuthorised"),
        (.permissionDenied, "", "notAuthorised", "notAuthorised"),
      ] as [(RPCError.Code, String, String, String)])
    func whatMayBeARefusalOfItsSizeIsOneForAGroup(
      code: RPCError.Code, words: String, alone: String, inAGroup: String
    ) {
      let error = RPCError(code: code, message: words)
      #expect(GRPCCaller.failure(error, of: "grpc://h:1").reason == alone)
      #expect(GRPCCaller.failure(error, of: "grpc://h:1", isGroup: true).reason == inAGroup)
    }

    @Test func answersThatAreNotOneASampleBreakTheProtocol() throws {
      let interface = try RemoteInterface(
        inputs: [.init(name: "x", datatype: "FP32", shape: [-1, 2])],
        outputs: [.init(name: "scores", datatype: "FP32", shape: [-1, 2])])
      func scores(_ values: [Float]) -> [Tensor] {
        [
          Tensor(
            checkedName: "scores", datatype: .fp32, shape: [values.count],
            bytes: Tensor.littleEndianBytes(values.map(\.bitPattern)))
        ]
      }
      let found = try interface.answers(in: scores([0, 1, 3, 2]), count: 2)
      #expect(found.map(\.prediction) == [1, 0])
      #expect(throws: OffloadError.self) { try interface.answers(in: scores([0, 1, 3]), count: 2) }
      #expect(throws: OffloadError.self) { try interface.answers(in: scores([0, 1]), count: 2) }
    }

    @Test func aModelOfOneSampleAtATimeIsAskedForNoGroup() throws {
      let one = try RemoteInterface(
        inputs: [.init(name: "x", datatype: "UINT8", shape: [1, 2, 2, 3])],
        outputs: [.init(name: "scores", datatype: "FP32", shape: [1, 3])])
      let samples = [try sample(1, 0, 0), try sample(2, 0, 0)]
      #expect(one.request(for: samples, deadline: .seconds(1)) == nil)
      let many = try RemoteInterface(
        inputs: [.init(name: "x", datatype: "UINT8", shape: [-1, 2, 2, 3])],
        outputs: [.init(name: "scores", datatype: "FP32", shape: [-1, 3])])
      #expect(many.request(for: samples, deadline: .seconds(1))?.inputs[0].shape == [2, 2, 2, 3])
    }
  }
#endif
