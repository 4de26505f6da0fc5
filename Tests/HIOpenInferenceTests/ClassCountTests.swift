#if OpenInference
  import HIData
  import HITransport
  import SocketPeers
  import Testing

  @testable import HIOpenInference

  /// A device of ten classes and other people's servers of another number.
  @Suite struct ClassCountTests {
    /// Runs a client against a server whose metadata has this output and which answers with this shape.
    private func withClient(
      declaring declared: [Int], answering shape: [Int],
      _ body: (OpenInferenceRemoteModel, Sample) async throws -> Void
    ) async throws {
      let values = Array(repeating: "0.5", count: shape.reduce(1, *)).joined(separator: ", ")
      let peer = try ScriptedServer { socket, _ in
        while let request = PeerRequest(socket) {
          guard request.line.hasPrefix("POST") else {
            request.answer(
              """
              {"name": "m", "extensions": [], "inputs": [{"name": "x", "datatype": "UINT8",
               "shape": [-1, 2]}], "outputs": [{"name": "a", "datatype": "FP32", "shape": \(declared)}]}
              """)
            continue
          }
          request.answer(
            """
            {"model_name": "m", "id": "\(request.id)", "outputs": [{"name": "a",
             "datatype": "FP32", "shape": \(shape), "data": [\(values)]}]}
            """)
        }
        socket.close()
      }
      defer { peer.stop() }
      let remote = OpenInferenceRemoteModel(
        endpoint: try OpenInferenceEndpoint("http://127.0.0.1:\(peer.port)/m"), classCount: 10)
      try await body(
        remote, try #require(Sample(elementType: .uint8, shape: [2], bytes: [1, 2])))
      await remote.close()
    }

    @Test(arguments: [5, 11])
    func aModelThatSaysSoIsRefusedBeforeTheFirstSample(classes: Int) async throws {
      try await withClient(declaring: [-1, classes], answering: [1, classes]) { remote, _ in
        let error = await #expect(throws: OffloadError.self) {
          try await remote.check(deadline: .seconds(20))
        }
        #expect(error?.reason == "rejected")
      }
    }

    @Test(arguments: [5, 11])
    func aModelThatDoesNotSayNeverAnswers(classes: Int) async throws {
      try await withClient(declaring: [-1, -1], answering: [1, classes]) { remote, sample in
        try await remote.check(deadline: .seconds(20))
        let error = await #expect(throws: OffloadError.self) {
          try await remote.classify(sample, deadline: .seconds(20))
        }
        #expect(error?.reason == "protocolViolation")
      }
    }

    @Test func oneRowAnswersNeitherOfTwoSamples() async throws {
      try await withClient(declaring: [-1, 10], answering: [1, 10]) { remote, sample in
        let alone = try await remote.classify(sample, deadline: .seconds(20))
        #expect(alone.prediction == 0)
        for result in await remote.classify([sample, sample], deadline: .seconds(20)) {
          let error = #expect(throws: OffloadError.self) { try result.get() }
          #expect(error?.reason == "protocolViolation")
        }
      }
    }
  }
#endif
