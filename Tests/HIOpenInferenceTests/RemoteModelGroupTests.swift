#if OpenInference
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
