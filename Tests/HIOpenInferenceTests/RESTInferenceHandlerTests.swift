#if OpenInference
  import Foundation
  import HIData
  import HIServing
  import HITransport
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import SocketPeers
  import Testing

  @testable import HIOpenInference

  @Suite("Requests to infer and others on one connection", .timeLimit(.minutes(2)))
  struct RESTInferenceHandlerTests {
    private static let live = "GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n"

    /// A request whose answer is a class and the id.
    ///
    /// - Parameter bytes: how long its body is at least.
    private static func infer(
      _ prediction: UInt8, model: String = "bytes", fields: String = "", bytes: Int = 0
    ) -> String {
      let sample = BytesBackend.sample(
        prediction == 0 ? 9 : 0, prediction == 1 ? 9 : 0, prediction == 2 ? 9 : 0)
      let body = RESTServerTests.body(sample)
      return post(body + Array(repeating: 0x20, count: max(0, bytes - body.count)), model, fields)
    }

    /// The same with an image that is not of the model's size, of one colour.
    private static func scaled(_ prediction: UInt8) -> String {
      let pixel = [0, 1, 2].map { $0 == prediction ? "9" : "0" }.joined(separator: ",")
      let pixels = repeatElement(pixel, count: 12).joined(separator: ",")
      return post(
        Array(
          """
          {"outputs": [{"name": "class"}], "inputs": [{"name": "image", "shape": [1, 4, 3, 3],
           "datatype": "UINT8", "data": [\(pixels)]}]}
          """.utf8), "bytes")
    }

    private static func post(_ body: [UInt8], _ model: String, _ fields: String = "") -> String {
      "POST /v2/models/\(model)/infer HTTP/1.1\r\nHost: a\r\n\(fields)"
        + "Content-Length: \(body.count)\r\n\r\n" + String(decoding: body, as: UTF8.self)
    }

    /// What a server answers to a client that sends these bytes and ends its side.
    private static func answers(
      to texts: String..., from server: OpenInferenceServer
    ) async throws -> [String] {
      try await answers(toPieces: texts.map { Array($0.utf8) }, from: server)
    }

    private static func answers(
      toPieces pieces: [[UInt8]], from server: OpenInferenceServer
    ) async throws -> [String] {
      let port = try #require(server.httpPort)
      let text = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        for piece in pieces { socket.send(piece) }
        socket.finishSending()
        return socket.receiveToEnd().map { String(decoding: $0, as: UTF8.self) }
      }
      let parts = try #require(text).components(separatedBy: "HTTP/1.1 ")
      #expect(parts.first == "", "every answer is one of HTTP/1.1")
      return Array(parts.dropFirst())
    }

    /// The class in an answer, or its status where there is none; "live" for that question's.
    private static func gist(_ answer: String) -> String {
      if answer.hasSuffix(#"{"live":true}"#) { return "live" }
      guard answer.hasPrefix("200 "), let data = answer.range(of: #""data":["#) else {
        return String(answer.prefix(3))
      }
      return String(answer[data.upperBound...].prefix(1))
    }

    @Test(
      "Whatever comes at once, or in whatever pieces, is answered in its order", arguments: [0, 40])
    func pipelinedRequestsKeepTheirOrder(cuts: Int) async throws {
      try await withServer { server in
        for round in 0..<20 {
          var random = SeededGenerator(seed: UInt64(round))
          let requests = (0..<30).map { _ in Int.random(in: 0..<7, using: &random) }
          let text = requests.map {
            switch $0 {
            case 0...2: Self.infer(UInt8($0))
            case 3: Self.live
            case 4: Self.infer(0, model: "none")
            // What is too much for an event loop.
            case 5: Self.infer(1, bytes: FrontendExecutor.lightBytes + 1)
            default: Self.scaled(2)
            }
          }.joined()
          let bytes = Array(text.utf8)
          let places =
            [0] + (0..<cuts).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            + [bytes.count]
          let pieces = zip(places, places.dropFirst()).map { Array(bytes[$0..<$1]) }
          let wanted = requests.map { ["0", "1", "2", "live", "404", "1", "2"][$0] }
          let found = try await Self.answers(toPieces: pieces, from: server).map(Self.gist)
          #expect(found == wanted, "seed \(round)")
        }
      }
    }

    @Test("Who ends its side is still answered")
    func aHalfClosedConnectionIsAnswered() async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate)) { server in
        async let answers = Self.answers(
          to: Self.infer(2) + Self.infer(1) + Self.live, from: server)
        await gate.started()
        gate.open(2)
        let found = try await answers.map(Self.gist)
        #expect(found == ["2", "1", "live"])
      }
    }

    @Test("The connection ends after the answer that its request wanted to be the last")
    func theLastAnswerIsTheLast() async throws {
      try await withServer { server in
        let answers = try await Self.answers(
          to: Self.infer(1) + Self.infer(2, fields: "Connection: close\r\n") + Self.live,
          from: server)
        #expect(answers.map(Self.gist) == ["1", "2"])
        #expect(!answers[0].lowercased().contains("connection: close"))
        #expect(answers[1].lowercased().contains("connection: close"))
      }
    }

    @Test("Who breaks off in mid-body is told so, and noted")
    func aBodyThatBreaksOffIsRefused() async throws {
      let refusals = Refusals()
      try await withServer(configure: { $0.refusals = refusals }) { server in
        let whole = Self.infer(1)
        let answers = try await Self.answers(to: whole, String(whole.dropLast(5)), from: server)
        #expect(answers.map(Self.gist) == ["1", "400"])
        #expect(refusals.counts.map { "\($0.key.status) \($0.value)" } == ["400 1"])
      }
    }

    /// As many classes as make an answer with a few samples long.
    private struct ManyClasses: InferenceBackend, InferenceWorker {
      static let count = 2000
      let description = ServedModelDescription(
        name: "many", digest: "sha256:0", classes: (0..<count).map { "class \($0)" }, shape: [1],
        elementType: .uint8)

      func makeWorker() -> any InferenceWorker { self }

      func run(_ samples: [Sample]) -> [ModelOutput] {
        samples.map { sample in
          ModelOutput(logits: (0..<Self.count).map { $0 == Int(sample.bytes[0]) ? 1 : 0 })
        }
      }
    }

    @Test("Answers that are long to write are whole, and stand in their order")
    func longAnswersAreWhole() async throws {
      let counts = [1, 30, 2, 1, 30]
      try await withServer(ManyClasses()) { server in
        let text = counts.map { count in
          let data = (0..<count).map { "\($0 + 1)" }.joined(separator: ",")
          return Self.post(
            Array(
              """
              {"inputs": [{"name": "input", "shape": [\(count), 1], "datatype": "UINT8", \
              "data": [\(data)]}]}
              """.utf8), "many")
        }.joined()
        let answers = try await Self.answers(to: text, from: server)
        #expect(answers.count == counts.count)
        for (answer, count) in zip(answers, counts) {
          let body = try #require(answer.components(separatedBy: "\r\n\r\n").last)
          let outputs = try RESTClientCodec.decode(
            Array(body.utf8), headerLength: nil, answering: "")
          let classes = outputs.first { $0.name == "class" }?.integers(Int64.self)
          #expect(classes == (0..<count).map { Int64($0 + 1) })
          let logits = outputs.first { $0.name == "logits" }
          #expect(logits?.shape == [count, ManyClasses.count])
        }
      }
    }

    @Test("A client that goes away without its answer is no refusal, and harms nobody")
    func aClientMayGoAway() async throws {
      let gate = ModelGate()
      let refusals = Refusals()
      try await withServer(BytesBackend(gate: gate), configure: { $0.refusals = refusals }) {
        server in
        let port = try #require(server.httpPort)
        let socket = try BlockingSocket(port: port)
        socket.send(Self.infer(1).utf8)
        await gate.started()
        socket.cut()
        gate.open(2)
        let found = try await Self.answers(to: Self.infer(2), from: server).map(Self.gist)
        #expect(found == ["2"])
        #expect(refusals.counts.isEmpty)
      }
    }

    @Test("A field that stands there twice has both values")
    func fieldsMayStandTwice() async throws {
      let headers: HTTPHeaders = ["A": "1", "b": "2", "a": "3"]
      #expect(headers[joined: "a"] == "1, 3")
      #expect(headers[joined: "B"] == "2")
      #expect(headers[joined: "c"] == nil)
      try await withServer { server in
        let found = try await Self.answers(
          to: Self.infer(1, fields: "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"),
          Self.infer(2), from: server)
        #expect(found.map(Self.gist) == ["415", "2"], "twice is nothing that is understood")
      }
    }

    @Test("Answers have their date")
    func answersHaveTheirDate() async throws {
      try await withServer { server in
        let before = Date.now.addingTimeInterval(-1)
        let answer = try await Self.answers(to: Self.infer(1), from: server)[0]
        let line = try #require(
          answer.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("date: ") })
        let date = try #require(Self.formatter.date(from: String(line.dropFirst(6))))
        #expect((before...Date.now).contains(date))
      }
    }

    private static let formatter: DateFormatter = {
      let formatter = DateFormatter()
      formatter.locale = Locale(identifier: "en_US_POSIX")
      formatter.timeZone = TimeZone(identifier: "GMT")
      formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
      return formatter
    }()

    @Test("Dates are those of RFC 9110")
    func datesAreRight() {
      #expect(HTTPDate.text(of: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT", "RFC 9110's own")
      var random = SeededGenerator(seed: 1)
      for second in [0, 951_782_399, 951_782_400, 4_102_444_799]
        + (0..<500).map({ _ in Int.random(in: 0..<4_000_000_000, using: &random) })
      {
        let date = Date(timeIntervalSince1970: TimeInterval(second))
        #expect(HTTPDate.text(of: second) == Self.formatter.string(from: date))
      }
    }

    @Test(
      "The path says what is asked",
      arguments: [
        ("/v2/models/a/infer", "a", nil), ("/v2/models/a%2Fb/infer?x=/infer", "a/b", nil),
        ("/v2/models/a/versions/1%20/infer/", "a", "1 "),
        ("http://h:1/v2//models/a/infer", "a", nil),
        ("/v2/models/infer", nil, nil), ("/v2/models/a/version/1/infer", nil, nil),
        ("/v2/models/a/ready", nil, nil), ("*", nil, nil), ("", nil, nil),
      ] as [(String, String?, String?)])
    func pathsAreUnderstood(path: String, model: String?, version: String?) {
      let target = RESTInferenceTarget(
        HTTPRequestHead(version: .http1_1, method: .POST, uri: path))
      #expect(target?.model == model)
      #expect(target?.version == version)
      #expect(
        RESTInferenceTarget(HTTPRequestHead(version: .http1_1, method: .GET, uri: path)) == nil)
    }

    // MARK: By hand

    /// Counts who wants to read.
    private final class Neighbour: ChannelDuplexHandler {
      typealias InboundIn = HTTPServerRequestPart
      typealias OutboundIn = HTTPServerResponsePart

      var reads = 0

      func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
      }
    }

    /// What stands in Hummingbird's place.
    private final class Hummingbird: ChannelInboundHandler {
      typealias InboundIn = HTTPServerRequestPart

      var seen: [String] = []

      func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): seen.append(head.uri)
        case .body: seen.append("body")
        case .end: seen.append("end")
        }
      }

      func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { seen.append("closed") }
        if event is ChannelShouldQuiesceEvent { seen.append("quiesce") }
      }

      func errorCaught(context: ChannelHandlerContext, error: any Error) { seen.append("error") }
    }

    @Test("A client that does not read its answers is not read from until it does")
    func whoDoesNotReadIsNotReadFrom() async throws {
      let inference = try await Self.inference()
      try whoDoesNotReadIsNotReadFrom(inference)
    }

    private func whoDoesNotReadIsNotReadFrom(_ inference: RESTInference) throws {
      let connection = try ByHand(inference)
      let (channel, neighbour) = (connection.channel, connection.neighbour)
      let request = head(.POST, "/v2/models/none/infer")
      try connection.send(request)
      channel.isWritable = false
      channel.pipeline.fireChannelWritabilityChanged()
      try connection.send(.end(nil))
      var statuses = try connection.answered()
      #expect(statuses == ["404"], "what has begun is answered")
      channel.pipeline.read()
      #expect(neighbour.reads == 1, "nothing waits yet")
      try connection.send(request, .end(nil), head(.GET, "/v2"), .end(nil))
      channel.pipeline.read()
      statuses = try connection.answered()
      #expect(statuses.isEmpty && connection.hummingbird.seen.isEmpty)
      #expect(neighbour.reads == 1)
      channel.isWritable = true
      channel.pipeline.fireChannelWritabilityChanged()
      statuses = try connection.answered()
      #expect(statuses == ["404"])
      #expect(connection.hummingbird.seen == ["/v2", "end"])
      #expect(neighbour.reads == 2)
      _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test("While Hummingbird answers, what comes later waits and nothing more is read")
    func laterRequestsWait() async throws {
      let inference = try await Self.inference()
      try laterRequestsWait(inference)
    }

    private static func inference() async throws -> RESTInference {
      let repository = try await ModelRepository.load(
        .backends([BytesBackend()]), configuration: SchedulingConfiguration())
      return RESTInference(
        service: OpenInferenceService(repository: repository),
        configuration: OpenInferenceConfiguration())
    }

    /// A handler between stand-ins.
    private struct ByHand {
      let neighbour = Neighbour()
      let hummingbird = Hummingbird()
      let channel = EmbeddedChannel()

      init(_ inference: RESTInference) throws {
        let patience = HTTPPatience(stallLimit: .seconds(10), idleLimit: .hours(1))
        try channel.pipeline.syncOperations.addHandlers([
          neighbour, patience, RESTInferenceHandler(inference, patience: patience), hummingbird,
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      }

      func send(_ parts: HTTPServerRequestPart...) throws {
        for part in parts { try channel.writeInbound(part) }
      }

      /// Hummingbird's answer.
      func answer() throws {
        try channel.writeOutbound(
          HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
      }

      func answered() throws -> [String] {
        var all: [String] = []
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) {
          if case .head(let head) = part { all.append("\(head.status.code)") }
        }
        return all
      }
    }

    private func head(_ method: HTTPMethod, _ path: String) -> HTTPServerRequestPart {
      .head(HTTPRequestHead(version: .http1_1, method: method, uri: path))
    }

    @Test("That the server wants to end is told when everything that came is answered")
    func quiescingWaitsForAnswers() async throws {
      let inference = try await Self.inference()
      try quiescingWaitsForAnswers(inference)
    }

    private func quiescingWaitsForAnswers(_ inference: RESTInference) throws {
      let idle = try ByHand(inference)
      idle.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      #expect(idle.hummingbird.seen == ["quiesce"])
      _ = try idle.channel.finish()

      let asking = try ByHand(inference)
      try asking.send(head(.POST, "/v2/models/none/infer"))
      asking.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      #expect(asking.hummingbird.seen == [], "a request is coming")
      try asking.send(.end(nil))
      #expect(asking.hummingbird.seen == ["quiesce"])
      let refused = try asking.answered()
      #expect(refused == ["404"], "before it is told")
      _ = try asking.channel.finish()

      let others = try ByHand(inference)
      try others.send(head(.GET, "/v2"), .end(nil), head(.POST, "/v2/models/none/infer"), .end(nil))
      others.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      #expect(others.hummingbird.seen == ["/v2", "end"], "one is answered and one waits")
      try others.answer()
      #expect(others.hummingbird.seen == ["/v2", "end", "quiesce"])
      let statuses = try others.answered()
      #expect(statuses == ["200", "404"])
      _ = try others.channel.finish()
    }

    private func laterRequestsWait(_ inference: RESTInference) throws {
      let connection = try ByHand(inference)
      let (channel, neighbour) = (connection.channel, connection.neighbour)
      let hummingbird = connection.hummingbird
      try connection.send(head(.GET, "/v2"))
      channel.pipeline.read()
      #expect(neighbour.reads == 1)
      try connection.send(
        .end(nil), head(.POST, "/v2/models/none/infer"), .body(ByteBuffer(string: "x")))
      channel.pipeline.read()
      #expect(neighbour.reads == 1, "the one after it waits")
      channel.embeddedEventLoop.advanceTime(by: .seconds(100))
      #expect(channel.isActive, "and is not blamed for what is not read")
      try connection.send(.end(nil), head(.GET, "/metrics"), .end(nil))
      channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
      #expect(hummingbird.seen == ["/v2", "end"])
      let early = try connection.answered()
      #expect(early.isEmpty)
      try connection.answer()
      let statuses = try connection.answered()
      #expect(statuses == ["200", "404"])
      #expect(hummingbird.seen == ["/v2", "end", "/metrics", "end", "closed"])
      #expect(neighbour.reads == 2)
      channel.pipeline.fireErrorCaught(HTTPParserError.invalidMethod)
      #expect(hummingbird.seen.last == "error")
      _ = try channel.finish(acceptAlreadyClosed: true)
    }
  }
#endif
