import SocketPeers
import Synchronization
import Testing

@testable import HITransport

/// How connections to scripted servers end, and how the next one is made.
@Suite(.timeLimit(.minutes(1))) struct WireConnectionTests {
  private static func description(digest: String) -> String {
    #"{"classes":["a","b"],"digest":"\#(digest)","elementType":"uint8","name":"m","shape":[1,2,2]}"#
  }

  @Test func aNewConnectionToAnotherModelGetsNoSampleUntilTheRightOneIsBack() async throws {
    // Connections: the agreed model, cut after an answer; then another model twice; then the first again.
    let samplesOfOthers = Mutex(0)
    let server = try ScriptedServer { socket, number in
      let digest = (1...2).contains(number) ? "sha256:other" : "sha256:agreed"
      while let asked = ScriptedWire.Asked(socket.receiveFrame()) {
        if asked.kind == 3 {
          socket.send(
            ScriptedWire.answer(asked.id, kind: 131, message: Self.description(digest: digest)))
          continue
        }
        if (1...2).contains(number) { samplesOfOthers.withLock { $0 += 1 } }
        socket.send(ScriptedWire.answer(asked.id, prediction: 1))
        if number == 0 { return socket.interrupt() }
      }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) {
      $0.modelDigest = "sha256:agreed"
    } _: { client in
      let first = await client.outcome()
      #expect((try? first.get().prediction) == 1, "\(first)")
      var others: Set<String> = []
      while !Task.isCancelled {
        let outcome = await client.outcome()
        if case .success(let answer) = outcome {
          #expect(answer.prediction == 1)
          break
        }
        if case .failure(.otherModel(let words)) = outcome { others.insert(words) }
        await Task.yield()
      }
      #expect(others.count == 1)
      #expect(others.first?.contains("sha256:other") == true)
      #expect(others.first?.contains("sha256:agreed") == true)
    }
    #expect(samplesOfOthers.withLock { $0 } == 0)
  }

  @Test func aConnectionThatStaysSilentIsGivenUpAndMadeAnew() async throws {
    let server = try ScriptedServer { socket, number in
      // The first connection swallows everything, as behind a pulled cable.
      while let asked = ScriptedWire.Asked(socket.receiveFrame()) {
        if number > 0 { socket.send(ScriptedWire.answer(asked.id)) }
      }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) {
      $0.silenceLimit = .milliseconds(20)
    } _: { client in
      #expect(await client.outcome(within: .milliseconds(40)) == .failure(.deadlineExceeded))
      #expect(await client.untilAnswered(within: .milliseconds(500))?.prediction == 3)
    }
  }

  /// A caller that asks elsewhere as well cancels every call here long before its deadline.
  @Test func aSilentConnectionIsGivenUpAlsoWhereEveryCallOnItIsCancelled() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, number in
      while let asked = ScriptedWire.Asked(socket.receiveFrame()) {
        arrived.yield()
        if number > 0 { socket.send(ScriptedWire.answer(asked.id)) }
      }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) {
      $0.silenceLimit = .milliseconds(20)
    } _: { client in
      let first = Task { await client.outcome() }
      for await _ in arrivals { break }
      first.cancel()
      #expect(await first.value == .failure(.cancelled))
      // Less than the calls' 20 s, after which the link would look at them by itself.
      let limit = ContinuousClock.now + .seconds(10)
      while await client.statistics().connections < 2, ContinuousClock.now < limit {
        let call = Task { await client.outcome() }
        await Task.yield()
        _ = await client.statistics()
        call.cancel()
        _ = await call.value
      }
      #expect(await client.statistics().connections >= 2)
      #expect(await client.untilAnswered()?.prediction == 3)
    }
  }

  /// How a connection ends with a request under way: cut inside the answer at each of these bytes, or
  /// closed, or reset.
  @Test(arguments: [0, 1, 3, 4, 12, 23, -1])
  func aConnectionCutInsideAnAnswerEndsTheCallAndTheNextOneReconnects(bytes: Int) async throws {
    let server = try ScriptedServer { socket, number in
      guard let asked = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      guard number == 0 else {
        socket.send(ScriptedWire.answer(asked.id))
        return
      }
      socket.send(ScriptedWire.answer(asked.id).prefix(max(0, bytes)))
      if bytes < 0 { socket.cut() } else { socket.finishSending() }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      #expect(await client.outcome() == .failure(.connectionClosed))
      #expect(await client.untilAnswered()?.prediction == 3)
    }
  }

  @Test(arguments: [
    [UInt8(0), 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [19, 0, 0, 0],
    Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
    [20, 0, 0, 0, 2, 129] + [UInt8](repeating: 0, count: 18),
    [20, 0, 0, 0, 1, 129, 77, 0] + [UInt8](repeating: 0, count: 16),
  ])
  func bytesThatAreNoProtocolEndTheCallsOnTheConnection(bytes: [UInt8]) async throws {
    let server = try ScriptedServer { socket, number in
      guard let asked = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      socket.send(number == 0 ? bytes : ScriptedWire.answer(asked.id))
      _ = socket.receiveToEnd()
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      guard case .failure(.protocolViolation(let sentence)) = await client.outcome() else {
        Issue.record("expected a protocol violation")
        return
      }
      #expect(sentence.contains("expected"))
      #expect(await client.untilAnswered()?.prediction == 3)
    }
  }

  @Test func aServerThatIsDownIsUnreachableAtOnceAndFoundAgainWhenItReturns() async throws {
    let reserved = try ScriptedServer { _, _ in }
    let port = reserved.port
    reserved.stop()
    try await ScriptedWire.withClient(port: port) { client in
      guard case .failure(.unreachable(let sentence)) = await client.outcome() else {
        Issue.record("expected an unreachable server")
        return
      }
      #expect(sentence == "No connection to hi://127.0.0.1:\(port): nobody listens there.")
      for _ in 0..<100 {
        guard case .failure(.unreachable) = await client.outcome() else {
          Issue.record("expected an unreachable server")
          return
        }
      }
      let server = try ScriptedServer(port: port) { socket, _ in
        while let asked = ScriptedWire.Asked(socket.receiveFrame()) {
          socket.send(ScriptedWire.answer(asked.id))
        }
      }
      defer { server.stop() }
      #expect(await client.untilAnswered()?.prediction == 3)
    }
  }

  /// Only the first call on each connection is told so by the server; for the others the client says it.
  @Test func everyCallIsNotAuthorisedUntilTheServerTakesTheToken() async throws {
    let server = try ScriptedServer { socket, number in
      while let asked = ScriptedWire.Asked(socket.receiveFrame()) {
        socket.send(ScriptedWire.answer(asked.id, status: number < 3 ? 5 : 0))
      }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      var reasons: Set<String> = []
      while !Task.isCancelled, case .failure(let error) = await client.outcome() {
        reasons.insert(error.reason)
        await Task.yield()
      }
      #expect(reasons == ["notAuthorised"])
      #expect(await client.statistics().connections == 4)
    }
  }

  @Test func aServerThatRefusedTheTokenAndIsGoneIsUnreachable() async throws {
    let server = try ScriptedServer { socket, _ in
      guard let asked = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      socket.send(ScriptedWire.answer(asked.id, status: 5))
      _ = socket.receiveToEnd()
    }
    try await ScriptedWire.withClient(port: server.port) { client in
      #expect(await client.outcome() == .failure(.notAuthorised))
      server.stop()
      while !Task.isCancelled {
        if case .failure(.unreachable) = await client.outcome() { break }
        await Task.yield()
      }
    }
  }

  @Test func closingEndsTheCallsUnderWayAndLaterOnes() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, _ in
      while socket.receiveFrame() != nil { arrived.yield() }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      async let call = client.outcome()
      for await _ in arrivals { break }
      await client.close()
      #expect(await call == .failure(.connectionClosed))
      #expect(await client.outcome() == .failure(.connectionClosed))
    }
  }
}
