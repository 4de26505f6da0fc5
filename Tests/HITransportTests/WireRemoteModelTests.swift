import HIData
import SocketPeers
import Testing

@testable import HITransport

/// What becomes of calls where servers answer by hand, badly, late or never.
@Suite(.timeLimit(.minutes(1))) struct WireRemoteModelTests {
  @Test func anAnswerIsWhatTheServerSays() async throws {
    let server = try ScriptedServer { socket, _ in
      guard let asked = ScriptedWire.Asked(socket.receiveFrame()), asked.kind == 1,
        (19_000...20_000).contains(asked.milliseconds)
      else { return }
      socket.send(ScriptedWire.answer(asked.id))
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      #expect(
        await client.outcome()
          == .success(
            RemoteAnswer(prediction: 3, confidence: 0.5, serverTime: .microseconds(12))))
    }
  }

  @Test(arguments: [
    (UInt8(1), OffloadError.overloaded), (2, .deadlineExceeded), (3, .rejected("why")),
    (4, .modelFailed("why")), (5, .notAuthorised),
  ])
  func everyStatusIsItsOwnError(status: UInt8, error: OffloadError) async throws {
    let server = try ScriptedServer { socket, _ in
      guard let asked = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      socket.send(ScriptedWire.answer(asked.id, status: status, message: "why"))
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      #expect(await client.outcome() == .failure(error))
    }
  }

  @Test func answersInAnyOrderReachTheirOwnCalls() async throws {
    let server = try ScriptedServer { socket, _ in
      let asked = (0..<50).compactMap { _ in ScriptedWire.Asked(socket.receiveFrame()) }
      for one in asked.reversed() {
        socket.send(ScriptedWire.answer(one.id, prediction: one.milliseconds / 1000))
      }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      await withTaskGroup(of: (Int, Result<RemoteAnswer, OffloadError>).self) { group in
        // The deadline's whole seconds mark a call, for the server gives them back as the class.
        for seconds in 30..<80 {
          group.addTask {
            (seconds, await client.outcome(within: .milliseconds(seconds * 1000 + 999)))
          }
        }
        for await (seconds, outcome) in group {
          #expect((try? outcome.get().prediction) == seconds)
        }
      }
    }
  }

  @Test func lateDoubledAndUnknownAnswersAreIgnoredAndCounted() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, _ in
      guard let late = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      arrived.yield()
      guard let second = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      socket.send(
        ScriptedWire.answer(late.id, prediction: 1) + ScriptedWire.answer(99_999, prediction: 2)
          + ScriptedWire.answer(second.id, prediction: 4)
          + ScriptedWire.answer(second.id, prediction: 5))
      guard let third = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      socket.send(ScriptedWire.answer(third.id, prediction: 6))
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      let late = Task { await client.outcome() }
      for await _ in arrivals { break }
      late.cancel()
      #expect(await late.value == .failure(.cancelled))
      #expect(await client.prediction() == 4)
      #expect(await client.prediction() == 6)
      #expect(await client.statistics().ignoredAnswers == 3)
      #expect(await client.statistics().connections == 1)
    }
  }

  @Test func answersOutsideWhatCanBeAreViolations() async throws {
    let document =
      #"{"name":"m","digest":"d","classes":["a","b","c"],"shape":[1,2,2],"elementType":"uint8"}"#
    let server = try ScriptedServer { socket, _ in
      let bad: [(UInt8, UInt32, Float)] = [
        (129, 3, 0.5), (129, 0xFFFF_FFFF, 0.5), (130, 1, 0.5), (129, 1, .nan), (129, 1, 1.5),
        (129, 1, -0.1),
      ]
      guard let asked = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      socket.send(ScriptedWire.answer(asked.id, kind: 131, prediction: 0, message: document))
      for (kind, prediction, confidence) in bad {
        guard let asked = ScriptedWire.Asked(socket.receiveFrame()) else { return }
        socket.send(
          ScriptedWire.answer(asked.id, kind: kind, prediction: prediction, confidence: confidence))
      }
      guard let last = ScriptedWire.Asked(socket.receiveFrame()) else { return }
      socket.send(ScriptedWire.answer(last.id, prediction: 2))
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      let served = try await client.describe(deadline: .seconds(20))
      #expect(served.classes == ["a", "b", "c"])
      var sentences: [String] = []
      for _ in 0..<6 {
        if case .failure(.protocolViolation(let text)) = await client.outcome() {
          sentences.append(text)
        }
      }
      #expect(sentences.count == 6)
      #expect(sentences.first == "The server answered class 3, expected 0 to 2.")
      // A well-formed answer that cannot be true does not cost the connection.
      #expect(await client.prediction() == 2)
      #expect(await client.statistics().connections == 1)
    }
  }

  @Test func aServerThatNeverAnswersCostsTheDeadlineAndNoMore() async throws {
    let server = try ScriptedServer { socket, _ in _ = socket.receiveToEnd() }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      let clock = ContinuousClock()
      let started = clock.now
      #expect(await client.outcome(within: .milliseconds(50)) == .failure(.deadlineExceeded))
      let elapsed = clock.now - started
      #expect(elapsed >= .milliseconds(50))
      #expect(elapsed < .seconds(10))
      #expect(await client.outcome(within: .zero) == .failure(.deadlineExceeded))
    }
  }

  @Test func aServerThatNeverReadsEndsInOverloadNotInMemory() async throws {
    let server = try ScriptedServer { socket, _ in socket.shrinkReceiveBuffer() }
    defer { server.stop() }
    let large = try #require(
      Sample(
        elementType: .uint8, shape: [1_000_000], bytes: .init(repeating: 0, count: 1_000_000)))
    try await ScriptedWire.withClient(port: server.port) {
      $0.maximumUnsentBytes = 2_000_000
    } _: { client in
      // The first calls fill the kernel's buffers and ours; from then on there is no room.
      var errors: Set<String> = []
      while !errors.contains("\(OffloadError.overloaded)"), !Task.isCancelled {
        do throws(OffloadError) {
          _ = try await client.classify(large, deadline: .milliseconds(20))
        } catch { errors.insert("\(error)") }
      }
      #expect(errors.isSubset(of: ["deadlineExceeded", "overloaded"]))
      #expect(errors.contains("overloaded"))
    }
  }

  @Test func moreCallsThanTheLimitAreOverloadedAtOnce() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, _ in
      while socket.receiveFrame() != nil { arrived.yield() }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) {
      $0.maximumInFlight = 1
    } _: { client in
      async let first = client.outcome()
      for await _ in arrivals { break }
      #expect(await client.outcome() == .failure(.overloaded))
      await client.close()
      #expect(await first == .failure(.connectionClosed))
    }
  }

  @Test func aCancelledTaskGetsItsOutcomeAtOnce() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, _ in
      while socket.receiveFrame() != nil { arrived.yield() }
    }
    defer { server.stop() }
    try await ScriptedWire.withClient(port: server.port) { client in
      let call = Task { await client.outcome() }
      for await _ in arrivals { break }
      call.cancel()
      #expect(await call.value == .failure(.cancelled))
      let before = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await client.outcome()
      }
      #expect(await before.value == .failure(.cancelled))
      #expect(await client.statistics().inFlight == 0)
    }
  }

  @Test func aSampleThatNoFrameHoldsIsRefusedHere() async throws {
    let client = WireRemoteModel(endpoint: RemoteEndpoint(host: "127.0.0.1", port: 1))
    let deep = try #require(
      Sample(elementType: .uint8, shape: Array(repeating: 1, count: 9), bytes: [0]))
    await #expect(
      throws: OffloadError.rejected(
        "A sample of shape [1, 1, 1, 1, 1, 1, 1, 1, 1] does not fit a frame of 16777216 bytes "
          + "and 8 dimensions.")
    ) { try await client.classify(deep, deadline: .seconds(1)) }
  }
}
