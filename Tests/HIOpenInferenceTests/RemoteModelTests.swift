#if OpenInference
  import HIData
  import HIServing
  import HITransport
  import SocketPeers
  import Testing

  @testable import HIOpenInference

  extension OffloadError {
    /// The kind of failure without its words.
    fileprivate var kind: String { String("\(self)".prefix { $0 != "(" }) }
  }

  @Suite struct OpenInferenceRemoteModelTests {
    private static let schemes = ["http", "grpc"]

    private static func sample(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Sample {
      Sample(
        elementType: .uint8, shape: [2, 2, 3], bytes: BytesBackend.sample(red, green, blue))!
    }

    private static func remote(
      _ server: OpenInferenceServer, _ scheme: String, path: String = "/bytes"
    ) throws -> OpenInferenceRemoteModel {
      let port = try #require(scheme == "http" ? server.httpPort : server.grpcPort)
      return OpenInferenceRemoteModel(
        endpoint: try OpenInferenceEndpoint("\(scheme)://127.0.0.1:\(port)\(path)"))
    }

    /// The failure of a call that has to fail.
    private static func failure(
      of remote: OpenInferenceRemoteModel, _ sample: Sample, deadline: Duration = .seconds(20)
    ) async -> OffloadError? {
      do throws(OffloadError) {
        _ = try await remote.classify(sample, deadline: deadline)
        return nil
      } catch {
        return error
      }
    }

    @Test(arguments: schemes, ["/bytes", "/bytes/1", "", "/v2/models/bytes"])
    func aSampleIsClassified(scheme: String, path: String) async throws {
      try await withServer { server in
        let remote = try Self.remote(server, scheme, path: path)
        for (sample, expected) in [(Self.sample(1, 200, 2), 1), (Self.sample(99, 3, 3), 0)] {
          let answer = try await remote.classify(sample, deadline: .seconds(20))
          #expect(answer.prediction == expected)
          #expect(answer.confidence == 1)
        }
        await remote.close()
      }
    }

    @Test(arguments: schemes)
    func aDeadlineBeyondAllCountingIsALongOne(scheme: String) async throws {
      try await withServer { server in
        let remote = try Self.remote(server, scheme)
        let sample = Self.sample(1, 200, 2)
        for deadline in [Duration.milliseconds(Int64.max), .seconds(Int64.max)] {
          try await remote.check(deadline: deadline)
          #expect(try await remote.classify(sample, deadline: deadline).prediction == 1)
          let group = await remote.classify([sample, sample], deadline: deadline)
          #expect(group.map { try? $0.get().prediction } == [1, 1])
        }
        await remote.close()
      }
    }

    @Test(arguments: schemes)
    func aModelThatWasAgreedOnAnswersOrNone(scheme: String) async throws {
      try await withServer { server in
        let port = try #require(scheme == "http" ? server.httpPort : server.grpcPort)
        let endpoint = try OpenInferenceEndpoint("\(scheme)://127.0.0.1:\(port)/bytes")
        let right = OpenInferenceRemoteModel(endpoint: endpoint, modelDigest: "sha256:0")
        #expect(
          try await right.classify(Self.sample(1, 200, 2), deadline: .seconds(20)).prediction == 1)
        await right.close()
        let wrong = OpenInferenceRemoteModel(endpoint: endpoint, modelDigest: "sha256:1")
        let failure = await Self.failure(of: wrong, Self.sample(1, 200, 2))
        #expect(failure?.reason == "otherModel")
        await wrong.close()
      }
    }

    @Test func gRPCsConnectTimeoutHoldsForAServerThatAcceptsAndSaysNothing() async throws {
      let silent = try ScriptedServer { _, _ in }
      defer { silent.stop() }
      let remote = OpenInferenceRemoteModel(
        endpoint: try OpenInferenceEndpoint("grpc://127.0.0.1:\(silent.port)/m"),
        connectTimeout: .milliseconds(100))
      let start = ContinuousClock.now
      let failure = await Self.failure(of: remote, Self.sample(1, 2, 3), deadline: .seconds(60))
      #expect(failure?.kind == "unreachable", "\(failure.map { "\($0)" } ?? "answered")")
      #expect(ContinuousClock.now - start < .seconds(30))
      await remote.close()
    }

    @Test(arguments: schemes)
    func manyCallsAtOnceEachGetTheirOwnAnswer(scheme: String) async throws {
      try await withServer { server in
        let remote = try Self.remote(server, scheme)
        try await withThrowingTaskGroup(of: (Int, Int).self) { group in
          for index in 0..<60 {
            group.addTask {
              let values = (0..<3).map { UInt8($0 == index % 3 ? 100 : 0) }
              let answer = try await remote.classify(
                Self.sample(values[0], values[1], values[2]), deadline: .seconds(20))
              return (index % 3, answer.prediction)
            }
          }
          for try await (expected, found) in group { #expect(expected == found) }
        }
        await remote.close()
      }
    }

    @Test(arguments: schemes)
    func failuresAreToldApart(scheme: String) async throws {
      try await withServer { server in
        let remote = try Self.remote(server, scheme)
        #expect(
          await Self.failure(of: remote, Self.sample(250, 0, 0))
            == .modelFailed("The model broke on this sample."))
        let other = Sample(elementType: .uint8, shape: [1, 2], bytes: [0, 0])!
        #expect(await Self.failure(of: remote, other)?.kind == "rejected")
        await remote.close()
        #expect(await Self.failure(of: remote, Self.sample(1, 0, 0))?.kind == "connectionClosed")

        let unknown = try Self.remote(server, scheme, path: "/none")
        #expect(await Self.failure(of: unknown, Self.sample(1, 0, 0))?.kind == "rejected")
        await unknown.close()

        let stale = try Self.remote(server, scheme)
        _ = try await stale.classify(Self.sample(1, 0, 0), deadline: .seconds(20))
        try await server.service.repository.unload("bytes")
        #expect(await Self.failure(of: stale, Self.sample(1, 0, 0)) == .overloaded)
        await stale.close()
      }
    }

    @Test(arguments: schemes)
    func aClassThatTheDeviceDoesNotHaveBreaksTheProtocol(scheme: String) async throws {
      try await withServer { server in
        let remote = OpenInferenceRemoteModel(
          endpoint: try Self.remote(server, scheme).endpoint, classCount: 2)
        _ = try await remote.classify(Self.sample(0, 9, 0), deadline: .seconds(20))
        #expect(
          await Self.failure(of: remote, Self.sample(0, 0, 9))?.kind == "protocolViolation")
        await remote.close()
      }
    }

    @Test(arguments: schemes)
    func aModelThatDoesNotAnswerCostsTheDeadlineAndNoMore(scheme: String) async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate)) { server in
        let remote = try Self.remote(server, scheme)
        try await remote.check(deadline: .seconds(20))
        let started = ContinuousClock.now
        let failure = await Self.failure(
          of: remote, Self.sample(1, 0, 0), deadline: .milliseconds(100))
        #expect(failure == .deadlineExceeded)
        #expect(ContinuousClock.now - started < .seconds(10))
        gate.open(1)
        await remote.close()
      }
    }

    @Test(arguments: schemes)
    func aServerThatIsNotThereIsUnreachable(scheme: String) async throws {
      // A port that was bound a moment ago and is free now.
      var url = ""
      try await withServer { server in
        url =
          "\(scheme)://127.0.0.1:\(try #require(scheme == "http" ? server.httpPort : server.grpcPort))/m"
      }
      let remote = OpenInferenceRemoteModel(endpoint: try OpenInferenceEndpoint(url))
      let failure = await Self.failure(of: remote, Self.sample(1, 0, 0), deadline: .seconds(3))
      #expect(["unreachable", "deadlineExceeded"].contains(failure?.kind))
      await remote.close()
    }
  }
#endif
