#if OpenInference
  import CollectedSpans
  import Foundation
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix
  import HIData
  import HIServing
  import HITracing
  import SwiftProtobuf
  import Testing
  import Tracing

  @testable import HIOpenInference

  @Suite struct GRPCServerTests {
    typealias Client = Inference_GRPCInferenceService.Client<HTTP2ClientTransport.Posix>

    private func withClient(
      of server: OpenInferenceServer, _ body: (Client) async throws -> Void
    ) async throws {
      let port = try #require(server.grpcPort)
      try await withGRPCClient(
        transport: .http2NIOPosix(
          target: .ipv4(address: "127.0.0.1", port: port),
          transportSecurity: .plaintext)
      ) { client in
        try await body(Inference_GRPCInferenceService.Client(wrapping: client))
      }
    }

    static func request(
      _ change: (inout Inference_ModelInferRequest) -> Void = { _ in }
    ) -> Inference_ModelInferRequest {
      var request = Inference_ModelInferRequest.with {
        $0.modelName = "bytes"
        $0.id = "seven"
        $0.inputs = [
          .with {
            $0.name = "image"
            $0.datatype = "UINT8"
            $0.shape = [1, 2, 2, 3]
          }
        ]
        $0.outputs = [.with { $0.name = "class" }]
        $0.rawInputContents = [Data(BytesBackend.sample(1, 5, 2))]
      }
      change(&request)
      return request
    }

    @Test func aRawTensorIsAnsweredRaw() async throws {
      try await withServer { server in
        try await withClient(of: server) { client in
          let response = try await client.modelInfer(Self.request())
          #expect(response.id == "seven")
          #expect(response.modelVersion == "1")
          #expect(response.outputs.map(\.name) == ["class"])
          #expect(response.outputs.first?.contents == Inference_InferTensorContents())
          #expect(response.rawOutputContents == [Data([1, 0, 0, 0, 0, 0, 0, 0])])
        }
      }
    }

    @Test func aTypedTensorIsAnsweredAsTheRawOne() async throws {
      try await withServer { server in
        try await withClient(of: server) { client in
          let response = try await client.modelInfer(
            Self.request {
              $0.rawInputContents = []
              $0.inputs[0].contents.uintContents = BytesBackend.sample(1, 5, 2).map { UInt32($0) }
            })
          #expect(response.rawOutputContents == [Data([1, 0, 0, 0, 0, 0, 0, 0])])
        }
      }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
      let word: String
      let code: RPCError.Code
      let change: @Sendable (inout Inference_ModelInferRequest) -> Void

      var testDescription: String { word }

      init(
        _ word: String, _ code: RPCError.Code,
        _ change: @escaping @Sendable (inout Inference_ModelInferRequest) -> Void
      ) {
        self.word = word
        self.code = code
        self.change = change
      }
    }

    static let refusals = [
      Refusal("none", .notFound) { $0.modelName = "none" },
      Refusal("\"9\"", .notFound) { $0.modelVersion = "9" },
      Refusal("no inputs", .invalidArgument) {
        $0.inputs = []
        $0.rawInputContents = []
      },
      Refusal("raw_input_contents", .invalidArgument) { $0.rawInputContents.append(Data()) },
      Refusal("64 of \"inputs\"", .invalidArgument) {
        $0.inputs = .init(repeating: .init(), count: 65)
      },
      Refusal("both contents", .invalidArgument) { $0.inputs[0].contents.uintContents = [1] },
      Refusal("12 were expected", .invalidArgument) { $0.rawInputContents[0].removeLast() },
      Refusal("[1, 12]", .invalidArgument) { $0.inputs[0].shape = [1, 12] },
      Refusal("[-1", .invalidArgument) { $0.inputs[0].shape[0] = -1 },
      Refusal("UINT9", .invalidArgument) { $0.inputs[0].datatype = "UINT9" },
      Refusal("not of that datatype", .invalidArgument) {
        $0.rawInputContents = []
        $0.inputs[0].contents.uintContents = Array(repeating: 256, count: 12)
      },
      Refusal("not of that datatype", .invalidArgument) {
        $0.rawInputContents = []
        $0.inputs[0].contents.intContents = Array(repeating: 1, count: 12)
      },
      Refusal("FP16", .invalidArgument) {
        $0.rawInputContents = []
        $0.inputs[0].datatype = "FP16"
      },
      Refusal("boxes", .invalidArgument) { $0.outputs[0].name = "boxes" },
      Refusal("sequence_id", .unimplemented) {
        $0.parameters["sequence_id"] = .with { $0.int64Param = 1 }
      },
      Refusal("no value", .invalidArgument) { $0.parameters["timeout"] = .init() },
      Refusal("broke", .internalError) {
        $0.rawInputContents = [Data(BytesBackend.sample(250, 0, 0))]
      },
    ]

    @Test(arguments: refusals)
    func aRefusalHasItsCodeAndASentence(refusal: Refusal) async throws {
      try await withServer { server in
        try await withClient(of: server) { client in
          let error = await #expect(throws: RPCError.self) {
            try await client.modelInfer(Self.request(refusal.change))
          }
          #expect(error?.code == refusal.code)
          #expect(error?.message.contains(refusal.word) == true, "\(error?.message ?? "")")
          #expect(error?.message.hasSuffix(".") == true)
        }
      }
    }

    @Test func tooLargeARequestIsSaidToBeThatAndIsNotTheServersFault() async throws {
      let refusals = Refusals()
      try await withServer(
        configure: {
          $0.maximumBodyBytes = 1000
          $0.refusals = refusals
        },
        { server in
          try await withClient(of: server) { client in
            let error = await #expect(throws: RPCError.self) {
              try await client.modelInfer(
                Self.request { $0.rawInputContents = [Data(count: 100_000)] })
            }
            #expect(error?.code == .resourceExhausted)
            #expect(error?.message.contains("1000 bytes") == true, "\(error?.message ?? "")")
            let answer = try await client.modelInfer(Self.request())
            #expect(answer.id == "seven")
          }
          #expect(
            try await eventually {
              refusals.counts.map { "\($0.key.status) \($0.value)" } == ["resourceExhausted 1"]
            })
        })
    }

    @Test func streamedRequestsAreAnsweredOneByOneErrorsToo() async throws {
      try await withServer { server in
        try await withClient(of: server) { client in
          let request = StreamingClientRequest<Inference_ModelInferRequest> { writer in
            try await writer.write(Self.request())
            try await writer.write(Self.request { $0.modelName = "none" })
            try await writer.write(
              Self.request { $0.rawInputContents = [Data(BytesBackend.sample(1, 2, 3))] })
          }
          let responses = try await client.modelStreamInfer(request: request) { response in
            try await response.messages.reduce(into: []) { $0.append($1) }
          }
          #expect(responses.map { !$0.errorMessage.isEmpty } == [false, true, false])
          #expect(responses.map { $0.inferResponse.rawOutputContents.first?.first } == [1, nil, 2])
        }
      }
    }

    @Test func aStreamIsOneSpanWithAllThatItAsksForInIt() async throws {
      let kept = CollectedSpans()
      let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      try await withServer(configure: { $0.tracer = kept.tracer() }) { server in
        try await withClient(of: server) { client in
          let request = StreamingClientRequest<Inference_ModelInferRequest>(
            metadata: ["traceparent": "\(parent)"]
          ) { writer in
            for _ in 0..<3 { try await writer.write(Self.request()) }
          }
          let answers = try await client.modelStreamInfer(request: request) { response in
            try await response.messages.reduce(into: 0) { count, _ in count += 1 }
          }
          #expect(answers == 3)
          let spans = await kept.next(7)
          let stream = try #require(spans.last)
          #expect(stream.kind == .server)
          #expect(stream.name == "inference.GRPCInferenceService/ModelStreamInfer")
          #expect(stream.parent == 0x00f0_67aa_0ba9_02b7)
          #expect(stream.hasRemoteParent)
          #expect(stream.words("hi.status") == "ok")
          #expect(stream.number("rpc.grpc.status_code") == 0)
          let within = spans.dropLast()
          #expect(within.allSatisfy { $0.parent == stream.place.span })
          #expect(within.allSatisfy { $0.place.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" })
          #expect(within.filter { $0.name == "inference" }.count == 3)
          #expect(within.filter { $0.name == "queue" }.count == 3)
        }
      }
    }

    @Test func aDeadlineThatPassesInTheQueueIsSaid() async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate), scheduling: RESTServerTests.oneByOne) {
        server in
        let model = try server.service.model(named: "bytes", version: nil)
        try await withClient(of: server) { client in
          async let running = client.modelInfer(Self.request())
          await gate.started()
          async let late = client.modelInfer(
            Self.request { $0.parameters["timeout"] = .with { $0.int64Param = 1000 } })
          let isQueued = try await eventually { model.snapshot.waitingRequests == 1 }
          #expect(isQueued)
          let passed = ContinuousClock.now + .milliseconds(2)
          _ = try await eventually { ContinuousClock.now >= passed }
          gate.open(1)
          _ = try await running
          do {
            _ = try await late
            Issue.record("the request had no deadline")
          } catch let error as RPCError {
            #expect(error.code == .deadlineExceeded)
          }
          #expect(model.snapshot.executions == 1)
        }
      }
    }

    @Test func theCallsOwnTimeoutIsTheQueuesToo() async throws {
      #expect(InferenceRPCs.timeout(["grpc-timeout": "250m"]) == .milliseconds(250))
      #expect(InferenceRPCs.timeout([:]) == nil)
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate), scheduling: RESTServerTests.oneByOne) {
        server in
        let model = try server.service.model(named: "bytes", version: nil)
        let request = try OpenInferenceRequest(Self.request())
        async let running = server.service.infer(model: "bytes", version: nil, request)
        await gate.started()
        async let late = server.service.infer(
          model: "bytes", version: nil, request, within: .milliseconds(1))
        #expect(try await eventually { model.snapshot.waitingRequests == 1 })
        let passed = ContinuousClock.now + .milliseconds(2)
        #expect(try await eventually { ContinuousClock.now >= passed })
        gate.open(1)
        _ = try await running
        do {
          _ = try await late
          Issue.record("the request had no deadline")
        } catch let error as OpenInferenceError {
          #expect(error.kind == .deadlineExceeded)
        }
      }
    }

    @Test func theTimeOfAStreamIsThatOfAllItsRequests() async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate), scheduling: RESTServerTests.oneByOne) {
        server in
        let model = try server.service.model(named: "bytes", version: nil)
        try await withClient(of: server) { client in
          async let running = client.modelInfer(Self.request())
          await gate.started()
          var options = CallOptions.defaults
          options.timeout = .milliseconds(100)
          let late = StreamingClientRequest<Inference_ModelInferRequest> { writer in
            try await writer.write(Self.request())
          }
          await #expect(throws: RPCError.self) {
            try await client.modelStreamInfer(request: late, options: options) { response in
              for try await _ in response.messages {}
            }
          }
          // What was asked in the call waits no longer than the call: the model never sees it. The
          // server's count begins when the call reaches it, a moment after the client's.
          let passed = ContinuousClock.now + .seconds(1)
          #expect(try await eventually { ContinuousClock.now >= passed })
          gate.open(3)
          _ = try await running
          #expect(try await eventually { model.snapshot.waitingRequests == 0 })
          _ = try await client.modelInfer(Self.request())
          #expect(model.snapshot.executions == 2)
        }
      }
    }

    @Test(.timeLimit(.minutes(2))) func theDrainsEndDoesNotWaitForTheModel() async throws {
      let gate = ModelGate()
      try await withServer(BytesBackend(gate: gate)) { server in
        try await withClient(of: server) { client in
          async let running = client.modelInfer(Self.request())
          await gate.started()
          await server.shutdown(drain: .zero)
          // Only now may the model go on.
          gate.open(1)
          do {
            _ = try await running
            Issue.record("the call was answered by a server that has ended")
          } catch {
            #expect(error is RPCError)
          }
        }
      }
    }

    @Test func healthFollowsReadiness() async throws {
      try await withServer { server in
        let port = try #require(server.grpcPort)
        try await withGRPCClient(
          transport: .http2NIOPosix(
            target: .ipv4(address: "127.0.0.1", port: port),
            transportSecurity: .plaintext)
        ) { client in
          let health = Grpc_Health_V1_Health.Client(wrapping: client)
          let ready = try await health.check(.init())
          #expect(ready.status == .serving)
          let error = await #expect(throws: RPCError.self) {
            try await health.check(.with { $0.service = "other" })
          }
          #expect(error?.code == .notFound)
          server.service.beginDraining()
          let draining = try await health.check(.init())
          #expect(draining.status == .notServing)
        }
      }
    }

    @Test(
      arguments: [
        (nil, nil), ("", nil), ("5", nil), ("S", nil), ("-1S", nil), ("123456789S", nil),
        ("2H", .seconds(7200)), ("3M", .seconds(180)), ("4S", .seconds(4)),
        ("5m", .milliseconds(5)), ("6u", .microseconds(6)), ("7n", .nanoseconds(7)),
        ("99999999H", .seconds(359_999_996_400)), ("1x", nil),
      ] as [(String?, Duration?)])
    func timeoutsAreReadAsGRPCWritesThem(header: String?, expected: Duration?) {
      #expect(GRPCTimeout.duration(header) == expected)
    }

    @Test func changedMessagesAreARequestOrARefusalAndNeverACrash() throws {
      let sound =
        try Self.request {
          $0.inputs[0].parameters["content_type"] = .with { $0.stringParam = "np" }
          $0.parameters["timeout"] = .with { $0.int64Param = 5 }
        }.serializedBytes() as [UInt8]
      var generator = SeededGenerator(seed: 23)
      for _ in 0..<20_000 {
        var bytes = sound
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
            in: 0...255, using: &generator)
        }
        guard let message = try? Inference_ModelInferRequest(serializedBytes: bytes) else {
          continue
        }
        do throws(OpenInferenceError) {
          let request = try OpenInferenceRequest(message)
          #expect(request.inputs.allSatisfy { $0.shape.allSatisfy { $0 >= 0 } })
        } catch {
          #expect(error.message.hasSuffix("."))
        }
      }
    }
  }
#endif
