#if OpenInference
  import AsyncHTTPClient
  import HIData
  import HIServing
  import NIOCore
  import NIOHTTP1
  import SocketPeers
  import Testing

  @testable import HIOpenInference

  /// A server on free ports of loopback, shut down at the test's end.
  func withServer(
    _ backend: (any InferenceBackend)? = nil,
    scheduling: (inout SchedulingConfiguration) -> Void = { _ in },
    configure: (inout OpenInferenceConfiguration) -> Void = { _ in },
    _ body: (OpenInferenceServer) async throws -> Void
  ) async throws {
    var rules = SchedulingConfiguration()
    rules.workers = 1
    scheduling(&rules)
    let repository = try await ModelRepository.load(
      .backends([backend ?? BytesBackend()]), configuration: rules)
    var configuration = OpenInferenceConfiguration()
    configuration.httpPort = 0
    configuration.grpcPort = 0
    configure(&configuration)
    let server = try await OpenInferenceServer.start(
      repository: repository, configuration: configuration)
    do {
      try await body(server)
    } catch {
      await server.shutdown(drain: .seconds(5))
      throw error
    }
    await server.shutdown(drain: .seconds(5))
  }

  @Suite struct RESTServerTests {
    struct Answer {
      let status: UInt
      let headers: [String: String]
      let body: [UInt8]

      func document() throws -> JSONDocument { try JSONDocument(reading: body[...]) }

      /// The sentence of an error.
      func error() throws -> String {
        guard case .object(let object) = try document(), object.members.count == 1,
          case .string(let message)? = object["error"]
        else { return "" }
        return message
      }
    }

    /// Shows bodies as they come, unlike the shared client, which asks for compression by itself.
    static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init())

    static func call(
      _ server: OpenInferenceServer, _ path: String, body: [UInt8]? = nil,
      headers: [String: String] = [:], isChunked: Bool = false
    ) async throws -> Answer {
      let port = try #require(server.httpPort)
      var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/\(path)")
      for (name, value) in headers { request.headers.add(name: name, value: value) }
      if let body {
        request.method = .POST
        request.body =
          isChunked
          ? .bytes(body, length: .unknown) : .bytes(body)
      }
      let response = try await client.execute(request, timeout: .seconds(30))
      let buffer = try await response.body.collect(upTo: 1 << 24)
      return Answer(
        status: response.status.code,
        headers: Dictionary(
          response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
        body: Array(buffer.readableBytesView))
    }

    static let infer = "v2/models/bytes/infer"

    static func body(
      _ sample: [UInt8], parameters: String = "{}", outputs: String = #"[{"name": "class"}]"#
    ) -> [UInt8] {
      Array(
        """
        {"id": "a", "parameters": \(parameters), "outputs": \(outputs),
         "inputs": [{"name": "image", "shape": [1, 2, 2, 3], "datatype": "UINT8", "data": \(sample)}]}
        """.utf8)
    }

    static func classAnswer(_ prediction: Int64) -> JSONDocument {
      .object([
        "id": .string("a"), "model_name": .string("bytes"), "model_version": .string("1"),
        "outputs": .array([
          .object([
            "name": .string("class"), "datatype": .string("INT64"), "shape": .array([.integer(1)]),
            "data": .array([.integer(prediction)]),
          ])
        ]),
      ])
    }

    @Test func aSampleInJSONIsAnswered() async throws {
      try await withServer { server in
        for path in [Self.infer, "v2/models/bytes/versions/1/infer"] {
          for isChunked in [false, true] {
            let answer = try await Self.call(
              server, path, body: Self.body(BytesBackend.sample(1, 5, 2)), isChunked: isChunked)
            #expect(answer.status == 200)
            #expect(try answer.document() == Self.classAnswer(1))
          }
        }
      }
    }

    @Test func aSampleInTheBinaryPartIsAnsweredThere() async throws {
      try await withServer { server in
        let json = Array(
          #"{"parameters": {"binary_data_output": true}, "outputs": [{"name": "logits"}], "inputs": [{"name": "image", "shape": [1, 2, 2, 3], "datatype": "UINT8", "parameters": {"binary_data_size": 12}}]}"#
            .utf8)
        for encoding in [nil, BodyCompression.gzip, .deflate] {
          var body = json + BytesBackend.sample(1, 5, 2)
          var headers = ["Inference-Header-Content-Length": "\(json.count)"]
          if let encoding {
            body = try #require(encoding.compress(body))
            headers["Content-Encoding"] = encoding.rawValue
            headers["Accept-Encoding"] = encoding.rawValue
          }
          let answer = try await Self.call(server, Self.infer, body: body, headers: headers)
          #expect(answer.status == 200)
          #expect(answer.headers["content-encoding"] == encoding?.rawValue)
          #expect(answer.headers["content-type"] == "application/octet-stream")
          let plain = try encoding?.decompress(answer.body, limit: 1 << 20) ?? answer.body
          let length = try #require(
            answer.headers["inference-header-content-length"].flatMap { Int($0) })
          #expect(
            Array(plain[length...]) == Tensor.floats("", shape: [3], [1, 5, 2]).bytes)
        }
      }
    }

    @Test func aWholeBodyMayBeOneRawSample() async throws {
      try await withServer { server in
        let answer = try await Self.call(
          server, Self.infer, body: BytesBackend.sample(1, 5, 2),
          headers: ["Inference-Header-Content-Length": "0"])
        #expect(answer.status == 200)
        #expect(answer.headers["inference-header-content-length"] != nil)
      }
    }

    @Test func whatAClientAsksFirstIsAnswered() async throws {
      try await withServer { server in
        for path in [
          "v2", "v2/health/live", "v2/health/ready", "v2/models/bytes", "v2/models/bytes/ready",
          "v2/models/bytes/versions/1", "v2/models/bytes/versions/1/ready",
          "v2/models/bytes/config",
          "v2/models/bytes/stats", "v2/models/stats",
        ] {
          let answer = try await Self.call(server, path)
          #expect(answer.status == 200, "\(path)")
          #expect(answer.headers["content-type"] == "application/json", "\(path)")
          #expect(throws: Never.self, "\(path)") { try answer.document() }
        }
      }
    }

    @Test func quotedNamesAreTheNamesThatTheyQuote() async throws {
      try await withServer { server in
        for path in ["v2/models/%62ytes", "v2/models/by%74es/versions/%31"] {
          for call in ["", "/ready", "/config", "/stats"] {
            #expect(try await Self.call(server, path + call).status == 200, "\(path + call)")
          }
          let answer = try await Self.call(
            server, path + "/infer", body: Self.body(BytesBackend.sample(1, 5, 2)))
          #expect(try answer.document() == Self.classAnswer(1))
        }
        let unknown = try await Self.call(server, "v2/models/my%20model")
        #expect(try unknown.error().contains("\"my model\""))
        #expect(
          try await Self.call(server, "v2/repository/models/%62ytes/unload", body: []).status == 200
        )
      }
    }

    @Test(.timeLimit(.minutes(2))) func theDrainsEndDoesNotWaitForTheModel() async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate)) { server in
        async let running = Self.call(
          server, Self.infer, body: Self.body(BytesBackend.sample(1, 5, 2)))
        await gate.started()
        await server.shutdown(drain: .zero)
        // Only now may the model go on.
        gate.open(1)
        let status = try? await running.status
        #expect(status == nil || status == 503)
      }
    }

    @Test(.timeLimit(.minutes(2))) func whatRunsWhenTheServerEndsIsAnswered() async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate)) { server in
        let port = try #require(server.httpPort)
        async let running = Self.call(
          server, Self.infer, body: Self.body(BytesBackend.sample(1, 5, 2)))
        await gate.started()
        let clock = ContinuousClock()
        let began = clock.now
        async let ended: Void = server.shutdown(drain: .seconds(100))
        // Connections are told when the port is closed.
        #expect(try await eventually { (try? BlockingSocket(port: port))?.close() == nil })
        gate.open(1)
        #expect(try await running.status == 200)
        await ended
        #expect(clock.now - began < .seconds(60), "its connection ends with the answer")
      }
    }

    static let refusals: [(path: String, body: String?, status: UInt, word: String)] = [
      ("v2/none", nil, 404, "v2/none"), ("v3", nil, 404, "/v3"), (infer, nil, 404, "GET"),
      ("v2/models/none", nil, 404, "bytes"), ("v2/models/none/ready", nil, 404, "none"),
      ("v2/models/bytes/versions/9", nil, 404, "\"9\""), (infer, "x", 400, "not JSON"),
      ("v2/models/none/infer", "{}", 404, "none"), (infer, "{}", 400, "no inputs"),
      (
        infer,
        #"{"inputs": [{"name": "image", "shape": [1, 9], "datatype": "UINT8", "data": [1,2,3,4,5,6,7,8,9]}]}"#,
        400, "[1, 9]"
      ),
      (
        infer,
        #"{"inputs": [{"name": "image", "shape": [257, 0], "datatype": "UINT8", "data": []}]}"#,
        400,
        "257 samples"
      ),
      (
        infer,
        #"{"inputs": [{"data": ["# + String(repeating: #"{"":0},"#, count: 500_000) + "0]}]}", 400,
        "1000000 arrays and members"
      ),
      (infer, String(decoding: body(BytesBackend.sample(250, 0, 0)), as: UTF8.self), 500, "broke"),
      ("v2/repository/models/none/load", "", 404, "none"),
      (
        "v2/repository/models/bytes/load", #"{"parameters": {"config": "{}"}}"#, 501, "\"config\""
      ),
    ]

    @Test(arguments: refusals)
    func aRefusalIsAStatusAndASentenceInJSON(
      path: String, body: String?, status: UInt, word: String
    ) async throws {
      try await withServer { server in
        let answer = try await Self.call(server, path, body: body.map { Array($0.utf8) })
        #expect(answer.status == status)
        let message = try answer.error()
        #expect(message.contains(word), "\(message)")
        #expect(message.hasSuffix("."), "\(message)")
      }
    }

    @Test func bodiesAreBoundedCompressedOrNot() async throws {
      try await withServer(configure: { $0.maximumBodyBytes = 1000 }) { server in
        let large = [UInt8](repeating: 32, count: 1001)
        let plain = try await Self.call(server, Self.infer, body: large)
        #expect(plain.status == 413)
        #expect(try plain.error().contains("1000 bytes"))
        let chunked = try await Self.call(server, Self.infer, body: large, isChunked: true)
        #expect(chunked.status == 413)
        let bomb = try #require(BodyCompression.gzip.compress(large))
        let compressed = try await Self.call(
          server, Self.infer, body: bomb, headers: ["Content-Encoding": "gzip"])
        #expect(compressed.status == 413)
        let unknown = try await Self.call(
          server, Self.infer, body: bomb, headers: ["Content-Encoding": "br"])
        #expect(unknown.status == 415)
      }
    }

    @Test func aFullQueueIsOverloadedAtOnce() async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate), scheduling: Self.oneByOne) { server in
        let body = Self.body(BytesBackend.sample(1, 5, 2))
        let model = try server.service.model(named: "bytes", version: nil)
        async let running = Self.call(server, Self.infer, body: body)
        await gate.started()
        async let waiting = Self.call(server, Self.infer, body: body)
        #expect(try await eventually { model.snapshot.waitingRequests == 1 })
        let refused = try await Self.call(server, Self.infer, body: body)
        #expect(refused.status == 503)
        gate.open(2)
        #expect(try await running.status == 200)
        #expect(try await waiting.status == 200)
      }
    }

    @Test func aDeadlineThatPassesInTheQueueIsSaid() async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate), scheduling: Self.oneByOne) { server in
        let model = try server.service.model(named: "bytes", version: nil)
        let sample = BytesBackend.sample(1, 5, 2)
        async let running = Self.call(server, Self.infer, body: Self.body(sample))
        await gate.started()
        async let late = Self.call(
          server, Self.infer, body: Self.body(sample, parameters: #"{"timeout": 1000}"#))
        #expect(try await eventually { model.snapshot.waitingRequests == 1 })
        let passed = ContinuousClock.now + .milliseconds(2)
        #expect(try await eventually { ContinuousClock.now >= passed })
        gate.open(1)
        #expect(try await running.status == 200)
        let answer = try await late
        #expect(answer.status == 504)
        #expect(try answer.error().contains("deadline"))
        #expect(model.snapshot.executions == 1)
      }
    }

    @Sendable static func oneByOne(_ rules: inout SchedulingConfiguration) {
      rules.queueLimit = 1
      rules.maximumBatch = 1
    }

    @Test func drainingMakesTheServerNotReadyButAnswering() async throws {
      try await withServer { server in
        server.service.beginDraining()
        #expect(try await Self.call(server, "v2/health/ready").status == 503)
        #expect(try await Self.call(server, "v2/health/live").status == 200)
        let answer = try await Self.call(
          server, Self.infer, body: Self.body(BytesBackend.sample(1, 2, 9)))
        #expect(answer.status == 200)
      }
    }

    @Test func aModelIsUnloadedAndLoadedByTheRepositoryCalls() async throws {
      try await withServer { server in
        func post(_ path: String, _ body: String = "") async throws -> Answer {
          try await Self.call(server, "v2/repository/" + path, body: Array(body.utf8))
        }
        func index(_ state: String, _ reason: String) -> JSONDocument {
          .array([
            .object([
              "name": .string("bytes"), "version": .string("1"), "state": .string(state),
              "reason": .string(reason),
            ])
          ])
        }
        #expect(try await post("index").document() == index("READY", ""))
        #expect(try await post("models/bytes/unload").status == 200)
        #expect(
          try await post("index").document() == index("UNAVAILABLE", "unloaded by request"))
        #expect(try await post("index", #"{"ready": true}"#).document() == .array([]))
        #expect(try await Self.call(server, "v2/models/bytes/ready").status == 503)
        let refused = try await Self.call(
          server, Self.infer, body: Self.body(BytesBackend.sample(1, 2, 9)))
        #expect(refused.status == 503)
        #expect(try await post("models/bytes/load").status == 200)
        let answer = try await Self.call(
          server, Self.infer, body: Self.body(BytesBackend.sample(1, 2, 9)))
        #expect(try answer.document() == Self.classAnswer(2))
      }
      try await withServer(configure: { $0.allowsRepositoryChanges = false }) { server in
        let answer = try await Self.call(
          server, "v2/repository/models/bytes/unload", body: [])
        #expect(answer.status == 501)
      }
    }

    @Test func aTakenPortIsSaid() async throws {
      try await withServer { server in
        for isREST in [true, false] {
          var configuration = OpenInferenceConfiguration()
          let port = try #require(isREST ? server.httpPort : server.grpcPort)
          if isREST { configuration.httpPort = port } else { configuration.grpcPort = port }
          await #expect(throws: OpenInferenceServerError.portInUse(host: "127.0.0.1", port: port)) {
            try await OpenInferenceServer.start(
              repository: server.service.repository, configuration: configuration)
          }
        }
      }
    }
  }
#endif
