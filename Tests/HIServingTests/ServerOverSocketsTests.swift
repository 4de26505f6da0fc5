import HITransport
import SocketPeers
import Testing

@testable import HIServing

/// What a server answers plain blocking sockets that know nothing of its code, and how it starts.
@Suite(.timeLimit(.minutes(1))) struct ServerOverSocketsTests {
  @Test func pingDescribeAndInferAreAnswered() async throws {
    try await PlainSocket.withServer { server in
      let port = server.port
      let frames = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send([16, 0, 0, 0, 1, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        let ping = socket.receiveFrame()
        socket.send([16, 0, 0, 0, 1, 3, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        let description = socket.receiveFrame()
        socket.send(PlainSocket.infer(9, id: 3))
        return [ping, description, socket.receiveFrame()]
      }
      #expect(frames[0] == [1, 130, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 12))
      let description = try PlainSocket.read(frames[1])
      #expect(description.kind == .describe)
      #expect(
        try ServedModelDescription(json: description.message) == EchoBackend().description)
      let answer = try #require(frames[2])
      #expect(answer[..<16] == [1, 129, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0x3F])
      #expect(server.counts.answered[.ok] == 3)
      #expect(server.counts.accepted == 1)
    }
  }

  @Test func aFailingModelIsAStatusNotACrash() async throws {
    try await PlainSocket.withServer { server in
      let port = server.port
      let frames = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(PlainSocket.infer(255, id: 4) + PlainSocket.infer(1, id: 5))
        return [socket.receiveFrame(), socket.receiveFrame()]
      }
      let failed = try PlainSocket.read(frames[0])
      #expect(failed.status == .modelFailed)
      #expect(failed.message == "the model broke on this sample")
      #expect(try PlainSocket.read(frames[1]).prediction == 1)
    }
  }

  @Test func aFullQueueAnswersOverloadedAtOnce() async throws {
    let backend = GatedBackend()
    try await PlainSocket.withServer(backend: backend) {
      $0.queueLimit = 1
    } _: { server in
      let port = server.port
      let (early, late) = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(PlainSocket.infer(1, id: 1))
        backend.waitForOneMoreStart()
        socket.send(PlainSocket.infer(2, id: 2) + PlainSocket.infer(3, id: 3))
        let early = socket.receiveFrame()
        backend.permit(2)
        return (early, [socket.receiveFrame(), socket.receiveFrame()])
      }
      let refused = try PlainSocket.read(early)
      #expect(refused.status == .overloaded)
      #expect(refused.id == 3)
      #expect(try late.map { try PlainSocket.read($0).id } == [1, 2])
      #expect(server.counts.answered[.overloaded] == 1)
    }
  }

  @Test func workThatExpiresInTheQueueIsNotRun() async throws {
    let backend = GatedBackend()
    try await PlainSocket.withServer(backend: backend) { server in
      let port = server.port
      let frames = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(PlainSocket.infer(1, id: 1))
        backend.waitForOneMoreStart()
        socket.send(PlainSocket.infer(2, id: 2, milliseconds: 1) + PlainSocket.infer(3, id: 3))
        // The time of request 2 is up once a later request's round trip has taken longer than it.
        let clock = ContinuousClock()
        let sent = clock.now
        repeat {
          socket.send([16, 0, 0, 0, 1, 2, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
          _ = socket.receiveFrame()
        } while clock.now - sent < .milliseconds(5)
        backend.permit(2)
        return [socket.receiveFrame(), socket.receiveFrame(), socket.receiveFrame()]
      }
      let byID = try Dictionary(
        uniqueKeysWithValues: frames.map { try PlainSocket.read($0) }.map { ($0.id, $0.status) })
      #expect(byID == [1: .ok, 2: .deadlineExceeded, 3: .ok])
    }
  }

  @Test func rawModeAnswersTwoBytesASample() async throws {
    try await PlainSocket.withServer {
      $0.rawPort = 0
    } _: { server in
      let port = try #require(server.rawPort)
      let (answers, rest) = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send([1, 0, 0, 0, 2, 0])
        let first = socket.receive(exactly: 2)
        socket.send([0, 0, 255, 0, 0, 0, 3, 0, 0, 0, 4, 0])
        socket.finishSending()
        return ([first, socket.receive(exactly: 6)], socket.receiveToEnd())
      }
      #expect(answers == [[0, 1], [0, 2, 0xFF, 0xFF, 0, 3]])
      #expect(rest == [])
    }
  }

  @Test func aPortInUseIsASentenceThatNamesIt() async throws {
    try await PlainSocket.withServer { server in
      var configuration = HIServerConfiguration()
      configuration.port = server.port
      let error = HIServerError.portInUse(host: "127.0.0.1", port: server.port)
      await #expect(throws: error) {
        try await HIServer.start(backend: EchoBackend(), configuration: configuration)
      }
      #expect(error.description.contains("Port \(server.port)"))
    }
  }

  @Test func aBackendThatCannotBeMadeReadyStopsTheStart() async throws {
    await #expect(throws: HIServerError.noWorker("the model broke on this sample")) {
      try await HIServer.start(backend: BrokenBackend())
    }
  }
}
