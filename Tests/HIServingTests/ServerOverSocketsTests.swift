import HIData
import HITransport
import NIOCore
import SocketPeers
import Testing

@testable import HIServing

/// The server against plain blocking sockets that know nothing of its code.
@Suite(.timeLimit(.minutes(1))) struct ServerOverSocketsTests {
  static func bytes(_ request: WireRequest) -> [UInt8] { Array(buffer: request.encoded()) }

  static func infer(_ first: UInt8, id: UInt32, milliseconds: UInt32 = 0) -> [UInt8] {
    [32, 0, 0, 0, 1, 1, 0, 0] + id.littleEndianBytes + milliseconds.littleEndianBytes
      + [1, 3, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, first, 0, 0, 0]
  }

  func withServer(
    backend: any InferenceBackend = EchoBackend(),
    configure: (inout HIServerConfiguration) -> Void = { _ in },
    _ body: (HIServer) async throws -> Void
  ) async throws {
    var configuration = HIServerConfiguration()
    configuration.workers = 1
    configure(&configuration)
    let server = try await HIServer.start(backend: backend, configuration: configuration)
    do {
      try await body(server)
    } catch {
      await server.shutdown(drain: .seconds(5))
      throw error
    }
    await server.shutdown(drain: .seconds(5))
  }

  private func read(_ frame: [UInt8]?) throws -> WireResponse {
    try WireResponse(frame: ByteBuffer(bytes: try #require(frame)))
  }

  @Test func pingDescribeAndInferAreAnswered() async throws {
    try await withServer { server in
      let port = server.port
      let frames = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send([16, 0, 0, 0, 1, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        let ping = socket.receiveFrame()
        socket.send([16, 0, 0, 0, 1, 3, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        let description = socket.receiveFrame()
        socket.send(Self.infer(9, id: 3))
        return [ping, description, socket.receiveFrame()]
      }
      #expect(frames[0] == [1, 130, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 12))
      let description = try read(frames[1])
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
    try await withServer { server in
      let port = server.port
      let frames = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(Self.infer(255, id: 4) + Self.infer(1, id: 5))
        return [socket.receiveFrame(), socket.receiveFrame()]
      }
      let failed = try read(frames[0])
      #expect(failed.status == .modelFailed)
      #expect(failed.message == "the model broke on this sample")
      #expect(try read(frames[1]).prediction == 1)
    }
  }

  /// What cannot be framed, and a good request before it that is answered all the same.
  @Test(arguments: [
    [UInt8](repeating: 0, count: 4),
    [0xFF, 0xFF, 0xFF, 0xFF],
    [15, 0, 0, 0],
    Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
    [16, 0, 0, 0, 9] + [UInt8](repeating: 0, count: 15),
  ])
  func malformedFramingIsAnsweredAndTheConnectionEnds(bytes: [UInt8]) async throws {
    try await withServer { server in
      let port = server.port
      let frames = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        // Much more follows that the server must not read as requests.
        socket.send(Self.infer(1, id: 1))
        let good = socket.receiveFrame()
        socket.send(bytes + Self.infer(2, id: 2))
        return [good, socket.receiveFrame(), socket.receiveToEnd()]
      }
      #expect(try read(frames[0]).prediction == 1)
      let refusal = try read(frames[1])
      #expect(refusal.status == .badRequest)
      #expect(refusal.id == 0)
      #expect(frames[2] == [])
      #expect(server.counts.accepted == 1)
    }
  }

  @Test func aFrameCutInHalfCostsOnlyItsConnection() async throws {
    try await withServer { server in
      let port = server.port
      let frame = try await onThread {
        for cut in [1, 4, 10, 30] {
          let socket = try BlockingSocket(port: port)
          socket.send(Self.infer(1, id: 1).prefix(cut))
          if cut.isMultiple(of: 4) { socket.cut() } else { socket.close() }
        }
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(Self.infer(8, id: 2))
        return socket.receiveFrame()
      }
      #expect(try read(frame).prediction == 8)
      #expect(server.counts.accepted == 1)
    }
  }

  @Test func aHalfClosedPeerStillGetsItsAnswers() async throws {
    let backend = GatedBackend()
    try await withServer(backend: backend) { server in
      let port = server.port
      let all = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(Self.infer(1, id: 1) + Self.infer(2, id: 2))
        socket.finishSending()
        backend.waitForOneMoreStart()
        backend.permit(2)
        return (socket.receiveFrame(), socket.receiveFrame(), socket.receiveToEnd())
      }
      #expect(try read(all.0).prediction == 1)
      #expect(try read(all.1).prediction == 2)
      #expect(all.2 == [])
    }
  }

  /// A server whose description is 40 KB, so that a few answers are more than the buffers hold.
  private static var wide: EchoBackend {
    var backend = EchoBackend()
    backend.description = ServedModelDescription(
      name: "wide", digest: "", classes: (0..<1000).map { "a class with a name, number \($0)" },
      shape: [1, 2, 2], elementType: .uint8)
    return backend
  }

  private static func describing(_ count: Int) -> [UInt8] {
    let one: [UInt8] = [16, 0, 0, 0, 1, 3, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    return Array(repeating: one, count: count).flatMap { $0 }
  }

  /// The peer reads only until the server has answered everything, so that as much as the buffers hold is
  /// still on its way when the server is done.
  @Test func aHalfClosedPeerThatReadsSlowlyGetsAllAnswers() async throws {
    try await withServer(backend: Self.wide) {
      $0.lingerTimeout = .milliseconds(1)
    } _: { server in
      let port = server.port
      let whole = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(Self.describing(1000))
        socket.finishSending()
        var whole = 0
        while server.counts.answered[.ok] ?? 0 < 1000, socket.receiveFrame() != nil { whole += 1 }
        let before = whole
        while socket.receiveFrame() != nil { whole += 1 }
        return (before, whole)
      }
      #expect(whole.0 < 1000 && whole.1 == 1000)
    }
  }

  /// What the server says to have answered has to arrive, though its peer began to read only after the
  /// shutdown had begun.
  @Test func shutdownWaitsForAPeerThatIsSlowToReadItsAnswers() async throws {
    var configuration = HIServerConfiguration()
    configuration.workers = 1
    configuration.lingerTimeout = .milliseconds(1)
    let server = try await HIServer.start(backend: Self.wide, configuration: configuration)
    let port = server.port
    let socket = try await onThread {
      let socket = try BlockingSocket(port: port)
      socket.send(Self.describing(500))
      return socket
    }
    defer { socket.close() }
    while server.counts.answered[.ok] ?? 0 == 0 { await Task.yield() }
    async let ended: Void = server.shutdown(drain: .seconds(20))
    let rest = try await onThread {
      while let socket = try? BlockingSocket(port: port) { socket.close() }
      return socket.receiveToEnd()
    }
    await ended
    let bytes = try #require(rest)
    var (whole, next) = (0, 0)
    while next + 4 <= bytes.count {
      let length = bytes[next..<next + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      next += 4 + length
      whole += 1
    }
    #expect(next == bytes.count, "no frame is cut")
    #expect(whole == server.counts.answered[.ok])
  }

  @Test func aPeerThatSendsNothingIsClosedAfterTheIdleTimeout() async throws {
    try await withServer {
      $0.idleTimeout = .milliseconds(50)
    } _: { server in
      let port = server.port
      let rest = try await onThread { try BlockingSocket(port: port).receiveToEnd() }
      #expect(rest == [])
    }
  }

  @Test func aRequestThatDoesNotEndIsClosedAfterTheStallTimeout() async throws {
    try await withServer {
      $0.stallTimeout = .milliseconds(50)
    } _: { server in
      let port = server.port
      let rest = try await onThread {
        let socket = try BlockingSocket(port: port)
        socket.send(Self.infer(1, id: 1).dropLast())
        return socket.receiveToEnd()
      }
      #expect(rest == [])
      #expect(server.counts.accepted == 0)
    }
  }

  /// The peer asks for descriptions without end and reads none: what the server holds for it is
  /// bounded, so it stops reading, and the peer's own writes come to a stand.
  @Test func aPeerThatNeverReadsIsNotReadFromAndThenClosed() async throws {
    try await withServer(backend: Self.wide) {
      $0.stallTimeout = .milliseconds(300)
      $0.maximumUnwrittenBytes = 128 * 1024
    } _: { server in
      let port = server.port
      let wroteAll = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.shrinkReceiveBuffer()
        let many = Self.describing(10_000)
        for _ in 0..<500 where !socket.send(many) { return false }
        return true
      }
      #expect(!wroteAll)
      // 5 million answers of 40 KB were asked for; only what fits the buffers was made.
      #expect((server.counts.answered[.ok] ?? 0) < 10_000)
    }
  }

  @Test func aFullQueueAnswersOverloadedAtOnce() async throws {
    let backend = GatedBackend()
    try await withServer(backend: backend) {
      $0.queueLimit = 1
    } _: { server in
      let port = server.port
      let (early, late) = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(Self.infer(1, id: 1))
        backend.waitForOneMoreStart()
        socket.send(Self.infer(2, id: 2) + Self.infer(3, id: 3))
        let early = socket.receiveFrame()
        backend.permit(2)
        return (early, [socket.receiveFrame(), socket.receiveFrame()])
      }
      let refused = try read(early)
      #expect(refused.status == .overloaded)
      #expect(refused.id == 3)
      #expect(try late.map { try read($0).id } == [1, 2])
      #expect(server.counts.answered[.overloaded] == 1)
    }
  }

  @Test func workThatExpiresInTheQueueIsNotRun() async throws {
    let backend = GatedBackend()
    try await withServer(backend: backend) { server in
      let port = server.port
      let frames = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(Self.infer(1, id: 1))
        backend.waitForOneMoreStart()
        socket.send(Self.infer(2, id: 2, milliseconds: 1) + Self.infer(3, id: 3))
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
        uniqueKeysWithValues: frames.map { try read($0) }.map { ($0.id, $0.status) })
      #expect(byID == [1: .ok, 2: .deadlineExceeded, 3: .ok])
    }
  }

  @Test func connectionsOverTheLimitAreTurnedAwayWithAWord() async throws {
    try await withServer {
      $0.maximumConnections = 1
    } _: { server in
      let port = server.port
      let (first, second) = try await onThread {
        let first = try BlockingSocket(port: port)
        defer { first.close() }
        first.send(Self.infer(1, id: 1))
        let answer = first.receiveFrame()
        let second = try BlockingSocket(port: port)
        defer { second.close() }
        return (answer, second.receiveFrame())
      }
      #expect(try read(first).status == .ok)
      let refusal = try read(second)
      #expect(refusal.status == .overloaded)
      #expect(refusal.id == 0)
      #expect(server.counts.refusedConnections == 1)
    }
  }

  @Test func rawModeAnswersTwoBytesASample() async throws {
    try await withServer {
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
    try await withServer { server in
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

  @Test func shutdownAnswersWhatIsInFlight() async throws {
    let backend = GatedBackend()
    var configuration = HIServerConfiguration()
    configuration.workers = 1
    let server = try await HIServer.start(backend: backend, configuration: configuration)
    let port = server.port
    async let frames = onThread {
      let socket = try BlockingSocket(port: port)
      defer { socket.close() }
      socket.send(Self.infer(1, id: 1) + Self.infer(2, id: 2))
      return (socket.receiveFrame(), socket.receiveFrame(), socket.receiveToEnd())
    }
    try await onThread { backend.waitForOneMoreStart() }
    // Both have come in one segment and were decoded in one go.
    while server.counts.accepted < 2 { await Task.yield() }
    async let ended: Void = server.shutdown(drain: .seconds(20))
    // A refused connection says that the shutdown is under way.
    try await onThread {
      while let socket = try? BlockingSocket(port: port) { socket.close() }
    }
    backend.permit(2)
    await ended
    let (first, second, rest) = try await frames
    #expect(try read(first).prediction == 1)
    #expect(try read(second).prediction == 2)
    #expect(rest == [])
  }

  @Test func aModelThatDoesNotComeBackDoesNotHoldTheShutdown() async throws {
    let backend = GatedBackend()
    var configuration = HIServerConfiguration()
    configuration.workers = 1
    let server = try await HIServer.start(backend: backend, configuration: configuration)
    let port = server.port
    async let rest = onThread {
      let socket = try BlockingSocket(port: port)
      socket.send(Self.infer(1, id: 1))
      return socket.receiveToEnd()
    }
    try await onThread { backend.waitForOneMoreStart() }
    await server.shutdown(drain: .milliseconds(50))
    #expect(try await rest == [])
    backend.permit(1)
  }
}

extension UInt32 {
  var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}
