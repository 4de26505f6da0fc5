#if OpenInference
  import Foundation
  import HIData
  import HITransport
  import Testing

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// What `hi serve` logs of requests that it refuses.
  @Suite struct ServeLogTests {
    private func start(_ options: String...) async throws -> (RunningCommand, Listening) {
      try await RunningCommand.serve([model("fashion-remote"), "--http-port", "0"] + options)
    }

    /// Sends a sample of another shape, and asks for a model that there is not.
    private func misuse(_ listening: Listening) async throws {
      let client = WireRemoteModel(endpoint: try RemoteEndpoint(listening.remote))
      let sample = try #require(Sample(elementType: .uint8, shape: [3], bytes: [1, 2, 3]))
      await #expect(throws: OffloadError.self) {
        _ = try await client.classify(sample, deadline: .seconds(20))
      }
      await client.close()
      let url = try #require(URL(string: listening.url("http") + "/v2/models/none"))
      _ = try await URLSession.shared.data(from: url)
    }

    @Test func jsonLinesSayWhoAskedForWhatAndWhyNot() async throws {
      let (server, listening) = try await start("--log-format", "json")
      try await misuse(listening)
      func line() async throws -> [String: String] {
        try JSONDecoder().decode(
          [String: String].self, from: Data(try await server.errorLine().utf8))
      }
      let wire = try await line()
      #expect(wire["protocol"] == "wire" && wire["status"] == "bad_request")
      #expect(wire["level"] == "warning" && wire["peer"] == "127.0.0.1")
      #expect(wire["message"]?.contains("[3]") == true)
      let time = try #require(wire["time"])
      let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
      #expect(abs(try format.parse(time).timeIntervalSinceNow) < 600)
      let http = try await line()
      #expect(http["protocol"] == "http" && http["status"] == "404")
      #expect(http["target"] == "GET /v2/models/none" && http["peer"] == "127.0.0.1")
      #expect(try await server.end(SIGTERM) == 0)
      #expect(try await line()["message"]?.hasPrefix("stopped after") == true)
    }

    @Test func aHigherLevelLeavesLinesOut() async throws {
      let (server, listening) = try await start("--log-level", "error")
      try await misuse(listening)
      #expect(try await server.end(SIGTERM) == 0)
      #expect(try await server.errorLine() == "")
    }

    @Test(arguments: [["--log-format", "jsn"], ["--log-level", "warnin"]])
    func aChoiceThatIsNoneIsRefusedWithTheOneThatWasMeant(options: [String]) async throws {
      let result = try await Command.run(["serve", model("fashion-remote")] + options)
      #expect(result.status == 64)
      #expect(result.errors.contains("did you mean"), "\(result.errors)")
    }
  }
#endif
