import HIData
import HITransport
import SocketPeers
import Testing

@testable import HIServing

/// How connections end: by what their peers send or leave unread, by limits, and with the server.
@Suite(.timeLimit(.minutes(1))) struct ServerConnectionTests {
  /// What cannot be framed, and a good request before it that is answered all the same.
  @Test(arguments: [
    [UInt8](repeating: 0, count: 4),
    [0xFF, 0xFF, 0xFF, 0xFF],
    [15, 0, 0, 0],
    Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
    [16, 0, 0, 0, 9] + [UInt8](repeating: 0, count: 15),
  ])
  func malformedFramingIsAnsweredAndTheConnectionEnds(bytes: [UInt8]) async throws {
    try await PlainSocket.withServer { server in
      let port = server.port
      let frames = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        // Much more follows that the server must not read as requests.
        socket.send(PlainSocket.infer(1, id: 1))
        let good = socket.receiveFrame()
        socket.send(bytes + PlainSocket.infer(2, id: 2))
        return [good, socket.receiveFrame(), socket.receiveToEnd()]
      }
      #expect(try PlainSocket.read(frames[0]).prediction == 1)
      let refusal = try PlainSocket.read(frames[1])
      #expect(refusal.status == .badRequest)
      #expect(refusal.id == 0)
      #expect(frames[2] == [])
      #expect(server.counts.accepted == 1)
    }
  }

  @Test func aFrameCutInHalfCostsOnlyItsConnection() async throws {
    try await PlainSocket.withServer { server in
      let port = server.port
      let frame = try await onThread {
        for cut in [1, 4, 10, 30] {
          let socket = try BlockingSocket(port: port)
          socket.send(PlainSocket.infer(1, id: 1).prefix(cut))
          if cut.isMultiple(of: 4) { socket.cut() } else { socket.close() }
        }
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(PlainSocket.infer(8, id: 2))
        return socket.receiveFrame()
      }
      #expect(try PlainSocket.read(frame).prediction == 8)
      #expect(server.counts.accepted == 1)
    }
  }

  @Test func aHalfClosedPeerStillGetsItsAnswers() async throws {
    let backend = GatedBackend()
    try await PlainSocket.withServer(backend: backend) { server in
      let port = server.port
      let all = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(PlainSocket.infer(1, id: 1) + PlainSocket.infer(2, id: 2))
        socket.finishSending()
        backend.waitForOneMoreStart()
        backend.permit(2)
        return (socket.receiveFrame(), socket.receiveFrame(), socket.receiveToEnd())
      }
      #expect(try PlainSocket.read(all.0).prediction == 1)
      #expect(try PlainSocket.read(all.1).prediction == 2)
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
    try await PlainSocket.withServer(backend: Self.wide) {
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

  /// The peer asks for descriptions without end and reads none: what the server holds for it is
  /// bounded, so it stops reading, and the peer's own writes come to a stand.
  @Test func aPeerThatNeverReadsIsNotReadFromAndThenClosed() async throws {
    try await PlainSocket.withServer(backend: Self.wide) {
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

  @Test func aPeerThatSendsNothingIsClosedAfterTheIdleTimeout() async throws {
    try await PlainSocket.withServer {
      $0.idleTimeout = .milliseconds(50)
    } _: { server in
      let port = server.port
      let rest = try await onThread { try BlockingSocket(port: port).receiveToEnd() }
      #expect(rest == [])
    }
  }

  @Test func aRequestThatDoesNotEndIsClosedAfterTheStallTimeout() async throws {
    try await PlainSocket.withServer {
      $0.stallTimeout = .milliseconds(50)
    } _: { server in
      let port = server.port
      let rest = try await onThread {
        let socket = try BlockingSocket(port: port)
        socket.send(PlainSocket.infer(1, id: 1).dropLast())
        return socket.receiveToEnd()
      }
      #expect(rest == [])
      #expect(server.counts.accepted == 0)
    }
  }

  @Test func connectionsOverTheLimitAreTurnedAwayWithAWord() async throws {
    try await PlainSocket.withServer {
      $0.maximumConnections = 1
    } _: { server in
      let port = server.port
      let (first, second) = try await onThread {
        let first = try BlockingSocket(port: port)
        defer { first.close() }
        first.send(PlainSocket.infer(1, id: 1))
        let answer = first.receiveFrame()
        let second = try BlockingSocket(port: port)
        defer { second.close() }
        return (answer, second.receiveFrame())
      }
      #expect(try PlainSocket.read(first).status == .ok)
      let refusal = try PlainSocket.read(second)
      #expect(refusal.status == .overloaded)
      #expect(refusal.id == 0)
      #expect(server.counts.refusedConnections == 1)
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
      socket.send(PlainSocket.infer(1, id: 1) + PlainSocket.infer(2, id: 2))
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
    #expect(try PlainSocket.read(first).prediction == 1)
    #expect(try PlainSocket.read(second).prediction == 2)
    #expect(rest == [])
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

  @Test func aModelThatDoesNotComeBackDoesNotHoldTheShutdown() async throws {
    let backend = GatedBackend()
    var configuration = HIServerConfiguration()
    configuration.workers = 1
    let server = try await HIServer.start(backend: backend, configuration: configuration)
    let port = server.port
    async let rest = onThread {
      let socket = try BlockingSocket(port: port)
      socket.send(PlainSocket.infer(1, id: 1))
      return socket.receiveToEnd()
    }
    try await onThread { backend.waitForOneMoreStart() }
    await server.shutdown(drain: .milliseconds(50))
    #expect(try await rest == [])
    backend.permit(1)
  }
}
