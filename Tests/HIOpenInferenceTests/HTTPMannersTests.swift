#if OpenInference
  import HIServing
  import HITransport
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import SocketPeers
  import Testing

  @testable import HIOpenInference

  @Suite("What HTTP/1 asks of a server", .timeLimit(.minutes(2)))
  struct HTTPMannersTests {
    /// What a server says to a client that sends these bytes and waits for the connection's end; nil where
    /// it does not end in 20 seconds.
    private func answers(
      to text: String, from server: OpenInferenceServer
    ) async throws -> String? {
      let port = try #require(server.httpPort)
      return try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(text.utf8)
        return socket.receiveToEnd().map { String(decoding: $0, as: UTF8.self) }
      }
    }

    private static let live = "GET /v2/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test(
      "HEAD has the headers of GET and no body",
      arguments: [("/v2/none", 404), ("/v2", 200), ("/", 200)])
    func headHasNoBody(path: String, status: Int) async throws {
      try await withServer { server in
        let text = try #require(
          try await answers(
            to: "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n" + Self.live, from: server))
        #expect(text.hasPrefix("HTTP/1.1 \(status) "))
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        #expect(parts[0].lowercased().contains("\r\ncontent-length: "))
        #expect(parts[1].hasPrefix("HTTP/1.1 200 "), "\(text)")
        #expect(text.hasSuffix("}"))
      }
    }

    @Test("HEAD of a stream ends with its headers")
    func headOfAStreamEnds() async throws {
      try await withServer { server in
        let text = try #require(
          try await answers(to: "HEAD /live/events HTTP/1.1\r\nHost: a\r\n\r\n", from: server))
        #expect(text.hasPrefix("HTTP/1.1 200 "))
        #expect(text.hasSuffix("\r\n\r\n"))
      }
    }

    @Test("A client that expects a word before it sends its body gets it")
    func continueIsSaid() async throws {
      try await withServer { server in
        let port = try #require(server.httpPort)
        let body = RESTServerTests.body(BytesBackend.sample(1, 5, 2))
        let answer = try await onThread {
          let socket = try BlockingSocket(port: port)
          defer { socket.close() }
          let head =
            "POST /\(RESTServerTests.infer) HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
            + "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n"
          socket.send(head.utf8)
          let word = "HTTP/1.1 100 Continue\r\n\r\n"
          guard socket.receive(exactly: word.utf8.count) == Array(word.utf8) else { return "" }
          socket.send(body)
          return String(decoding: socket.receiveToEnd() ?? [], as: UTF8.self)
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
      }
    }

    @Test("A client that expects a word for too large a body is refused without it")
    func nobodyIsEncouragedInVain() async throws {
      try await withServer { server in
        let text = try #require(
          try await answers(
            to: "POST /\(RESTServerTests.infer) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
              + "Content-Length: 99999999999\r\n\r\n", from: server))
        #expect(text.hasPrefix("HTTP/1.1 413 "))
      }
    }

    @Test(
      "A connection ends where its client says so, in whichever way",
      arguments: [
        "HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: Close\r\n",
        "HTTP/1.1\r\nConnection: close, TE\r\n",
        "HTTP/1.1\r\nConnection: TE\r\nConnection: close\r\n",
      ])
    func closeIsUnderstood(end: String) async throws {
      try await withServer { server in
        let text = try #require(
          try await answers(
            to: "GET /v2/health/live \(end)Host: a\r\n\r\n", from: server))
        #expect(text.hasPrefix("HTTP/1.1 200 "))
        #expect(text.lowercased().contains("\r\nconnection: close\r\n"))
      }
    }

    @Test("An HTTP/1.0 client that wants to keep its connection is told that it may")
    func oldClientsKeepTheirConnection() async throws {
      try await withServer { server in
        let old = "GET /v2/health/live HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"
        let text = try #require(try await answers(to: old + Self.live, from: server))
        #expect(text.lowercased().contains("\r\nconnection: keep-alive\r\n"))
        #expect(text.split(separator: "HTTP/1.1 200 ").count == 2)
      }
    }

    @Test("Who is answered before the end of its body is answered with the connection's end")
    func whoIsRefusedNeedNotSendTheRest() async throws {
      let tokens = AcceptedTokens([try BearerToken("0123456789abcdef", source: "test")])
      try await withServer(configure: { $0.tokens = tokens }) { server in
        let text = try #require(
          try await answers(
            to:
              "POST /\(RESTServerTests.infer) HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\nabc",
            from: server))
        #expect(text.hasPrefix("HTTP/1.1 401 "))
        #expect(text.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(text.hasSuffix("}"))
      }
    }

    @Test("A body that is not HTTP is the client's fault")
    func aBadChunkIsTheClientsFault() async throws {
      let refusals = Refusals()
      try await withServer(configure: { $0.refusals = refusals }) { server in
        _ = try await answers(
          to:
            "POST /\(RESTServerTests.infer) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "zz\r\n", from: server)
        #expect(try await eventually { !refusals.counts.isEmpty })
        #expect(refusals.counts.map(\.key.status) == ["400"])
      }
    }

    /// A connection whose time a test moves on, stuck after 10 seconds, with a request whose body has begun.
    private func uploading() throws -> EmbeddedChannel {
      let channel = EmbeddedChannel()
      try channel.pipeline.syncOperations.addHandler(
        HTTPPatience(stallLimit: .seconds(10), idleLimit: .hours(1)))
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      try channel.writeInbound(
        HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")))
      return channel
    }

    @Test("A body that trickles ends its connection, and one that keeps coming does not")
    func tricklingEnds() throws {
      let slow = try uploading()
      for _ in 0..<4 {
        slow.embeddedEventLoop.advanceTime(by: .seconds(4))
        if slow.isActive {
          try slow.writeInbound(HTTPServerRequestPart.body(ByteBuffer(bytes: [7])))
        }
      }
      #expect(!slow.isActive)
      let steady = try uploading()
      for _ in 0..<10 {
        steady.embeddedEventLoop.advanceTime(by: .seconds(8))
        try steady.writeInbound(
          HTTPServerRequestPart.body(ByteBuffer(repeating: 7, count: 64 << 10)))
      }
      try steady.writeInbound(HTTPServerRequestPart.end(nil))
      steady.embeddedEventLoop.advanceTime(by: .seconds(1000))
      #expect(steady.isActive)
      _ = try steady.finish()
    }

    @Test("A connection that nothing is asked on ends, and one that waits for its answer does not")
    func idlenessEnds() throws {
      let channel = try uploading()
      try channel.writeInbound(HTTPServerRequestPart.end(nil))
      channel.embeddedEventLoop.advanceTime(by: .hours(5))
      #expect(channel.isActive, "the server is slow, not the client")
      func answer() throws {
        try channel.writeOutbound(
          HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
      }
      try answer()
      for _ in 0..<3 {
        channel.embeddedEventLoop.advanceTime(by: .minutes(59))
        #expect(channel.isActive, "not yet idle for an hour")
        try channel.writeInbound(
          HTTPServerRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try answer()
      }
      channel.embeddedEventLoop.advanceTime(by: .minutes(59))
      #expect(channel.isActive)
      channel.embeddedEventLoop.advanceTime(by: .minutes(1))
      #expect(!channel.isActive)
      _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("Over a socket: a connection ends that is idle after its answers, whoever gave them")
    func idleConnectionsEnd() async throws {
      try await withServer(configure: { $0.idleTimeout = .milliseconds(100) }) { server in
        let body = String(
          decoding: RESTServerTests.body(BytesBackend.sample(9, 0, 0)), as: UTF8.self)
        let requests = [
          "POST /\(RESTServerTests.infer) HTTP/1.1\r\nHost: a\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)",
          "GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
        for request in requests {
          let text = try #require(try await answers(to: request, from: server))
          #expect(text.hasPrefix("HTTP/1.1 200 "))
        }
      }
    }
  }
#endif
