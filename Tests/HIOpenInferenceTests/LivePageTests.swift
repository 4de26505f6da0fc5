#if OpenInference
  import AsyncHTTPClient
  import HIServing
  import HITransport
  import NIOCore
  import NIOHTTP1
  import Testing

  @testable import HIOpenInference

  @Suite struct LivePageTests {
    /// A stream of events as its reader has it.
    struct Stream {
      let status: UInt
      let type: String?
      private var parts: HTTPClientResponse.Body.AsyncIterator
      private var text = ""

      init(_ server: OpenInferenceServer, token: String? = nil) async throws {
        let port = try #require(server.httpPort)
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/live/events")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await RESTServerTests.client.execute(request, timeout: .seconds(30))
        status = response.status.code
        type = response.headers.first(name: "content-type")
        parts = response.body.makeAsyncIterator()
      }

      /// The next event; nil at the stream's end.
      mutating func next() async throws -> JSONObject? {
        while true {
          if let end = text.firstRange(of: "\n\n") {
            let event = text[..<end.lowerBound]
            text = String(text[end.upperBound...])
            let data = try #require(event.hasPrefix("data: ") ? event.dropFirst(6) : nil)
            return try LivePageTests.object(JSONDocument(reading: Array(data.utf8)[...]))
          }
          guard let part = try await parts.next() else { return nil }
          text += String(buffer: part)
        }
      }
    }

    static func object(_ document: JSONDocument?) throws -> JSONObject {
      guard case .object(let members)? = document else {
        throw JSONShape(found: document)
      }
      return members
    }

    struct JSONShape: Error { let found: JSONDocument? }

    /// The entry of the only model.
    static func model(_ event: JSONObject) throws -> JSONObject {
      guard case .array(let models)? = event["models"], models.count == 1 else {
        throw JSONShape(found: event["models"])
      }
      return try object(models[0])
    }

    private func ask(_ server: OpenInferenceServer, first: UInt8 = 1) async throws {
      _ = try await RESTServerTests.call(
        server, RESTServerTests.infer,
        body: RESTServerTests.body(BytesBackend.sample(first, 2, 9)))
    }

    @Test func thePageIsOneDocumentThatNeedsNothingElse() async throws {
      try await withServer { server in
        let page = try await RESTServerTests.call(server, "")
        #expect(page.status == 200)
        #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
        let text = String(decoding: page.body, as: UTF8.self)
        #expect(text.hasPrefix("<!doctype html>"))
        #expect(!text.contains("src="))
        #expect(!text.contains("https://"))
      }
    }

    @Test func eventsCountWhatWasAnsweredAndWhatFailed() async throws {
      try await withServer(configure: { $0.liveInterval = .milliseconds(5) }) { server in
        var stream = try await Stream(server)
        #expect(stream.status == 200)
        #expect(stream.type == "text/event-stream")
        let before = try #require(try await stream.next())
        #expect(before["schema"] == .string("hi.live/1"))
        #expect(before["isReady"] == .boolean(true))
        #expect(try Self.object(Self.model(before)["requests"])["answered"] == .integer(0))
        for _ in 0..<3 { try await ask(server) }
        try await ask(server, first: 250)
        // What was counted before an event was made is in it; the first one after is soon there.
        var requests: JSONObject = [:]
        var model: JSONObject = [:]
        for _ in 0..<1000 where requests["failed"] != .integer(1) {
          model = try Self.model(try #require(try await stream.next()))
          requests = try Self.object(model["requests"])
        }
        #expect(requests["answered"] == .integer(3))
        #expect(requests["failed"] == .integer(1))
        #expect(requests["overloaded"] == .integer(0))
        #expect(model["samples"] == .integer(3))
        guard case .array(let times)? = try Self.object(model["requestSeconds"])["counts"] else {
          Issue.record("no histogram of latencies")
          return
        }
        #expect(times.count == Histogram.secondsBounds.count + 1)
        #expect(times.filter { $0 != .integer(0) }.count > 0)
      }
    }

    @Test func anUnloadedModelIsNamedWithItsReason() async throws {
      try await withServer { server in
        _ = try await RESTServerTests.call(server, "v2/repository/models/bytes/unload", body: [])
        var stream = try await Stream(server)
        let event = try #require(try await stream.next())
        let model = try Self.model(event)
        #expect(
          model == [
            "name": .string("bytes"), "version": .string("1"),
            "reason": .string("unloaded by request"),
          ])
      }
    }

    @Test func moreStreamsThanAreServedAreRefused() async throws {
      try await withServer(configure: {
        $0.maximumLiveStreams = 2
        $0.liveInterval = .milliseconds(5)
      }) { server in
        var one = try await Stream(server)
        _ = try await one.next()
        do {
          var two = try await Stream(server)
          _ = try await two.next()
          let refusal = try await RESTServerTests.call(server, "live/events")
          #expect(refusal.status == 503)
          #expect(try refusal.error().contains("2 live pages are open"))
        }
        // The second reader is gone, so there is room again.
        let end = ContinuousClock.now + .seconds(30)
        var status: UInt = 503
        while status == 503, ContinuousClock.now < end {
          status = try await Stream(server).status
        }
        #expect(status == 200)
      }
    }

    @Test func aStreamEndsWithItsServerAtOnce() async throws {
      let repository = try await ModelRepository.load(.backends([BytesBackend()]))
      var configuration = OpenInferenceConfiguration()
      configuration.httpPort = 0
      // No event but the first comes by itself: only the end can wake the stream.
      configuration.liveInterval = .seconds(600)
      let server = try await OpenInferenceServer.start(
        repository: repository, configuration: configuration)
      var stream = try await Stream(server)
      _ = try await stream.next()
      let duration = await ContinuousClock().measure {
        await server.shutdown(drain: .seconds(60))
      }
      #expect(try await stream.next() == nil)
      #expect(duration < .seconds(30))
    }

    @Test func theFiguresNeedATokenAndThePageDoesNot() async throws {
      let token = String(repeating: "t", count: 32)
      let tokens = AcceptedTokens([try BearerToken(token, source: "test")])
      try await withServer(configure: { $0.tokens = tokens }) { server in
        let page = try await RESTServerTests.call(server, "")
        #expect(page.status == 200)
        let refusal = try await RESTServerTests.call(server, "live/events")
        #expect(refusal.status == 401)
        let stream = try await Stream(server, token: token)
        #expect(stream.status == 200)
      }
    }

    @Test func connectionsOfTheWireServerAreShownWhereThereIsOne() async throws {
      var configuration = HIServerConfiguration()
      configuration.port = 0
      let wire = try await HIServer.start(backend: BytesBackend(), configuration: configuration)
      let text = LiveFigures.document(
        isReady: false, uptime: .milliseconds(1500), server: wire.snapshot, models: [], index: [])
      await wire.shutdown(drain: .zero)
      let event = try Self.object(JSONDocument(reading: Array(text.utf8)[...]))
      #expect(event["isReady"] == .boolean(false))
      #expect(event["uptimeSeconds"] == .real(1.5))
      #expect(event["models"] == .array([]))
      #expect(
        event["connections"]
          == .object([
            "open": .integer(0), "taken": .integer(0), "refused": .integer(0),
            "badRequest": .integer(0), "notAuthorised": .integer(0),
          ]))
    }
  }
#endif
