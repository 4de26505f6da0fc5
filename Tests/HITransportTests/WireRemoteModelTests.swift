import HIData
import NIOCore
import SocketPeers
import Synchronization
import Testing

@testable import HITransport

/// The client against scripted servers that answer by hand, badly, late or never.
@Suite(.timeLimit(.minutes(1))) struct WireRemoteModelTests {
  static let sample = Sample(elementType: .uint8, shape: [1, 2, 2], bytes: [7, 0, 0, 0])!

  /// What a request frame of this client holds, read by hand.
  struct Asked {
    let id: UInt32
    let kind: UInt8
    let milliseconds: UInt32

    init?(_ frame: [UInt8]?) {
      guard let frame, frame.count >= 16 else { return nil }
      func word(_ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(frame[at + $1]) << UInt32(8 * $1) }
      }
      kind = frame[1]
      id = word(4)
      milliseconds = word(8)
    }
  }

  static func answer(
    _ id: UInt32, kind: UInt8 = 129, status: UInt8 = 0, prediction: UInt32 = 3,
    confidence: Float = 0.5, message: String = ""
  ) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    return word(UInt32(20 + message.utf8.count)) + [1, kind, status, 0] + word(id)
      + word(prediction) + word(confidence.bitPattern) + word(12) + Array(message.utf8)
  }

  private func withClient(
    port: Int, configure: (inout WireClientConfiguration) -> Void = { _ in },
    _ body: (WireRemoteModel) async throws -> Void
  ) async throws {
    var configuration = WireClientConfiguration()
    configuration.initialBackoff = .milliseconds(5)
    configuration.maximumBackoff = .milliseconds(20)
    configure(&configuration)
    let client = WireRemoteModel(
      endpoint: RemoteEndpoint(host: "127.0.0.1", port: port), configuration: configuration)
    try await body(client)
    await client.close()
  }

  private func outcome(
    of client: WireRemoteModel, within deadline: Duration = .seconds(20)
  ) async -> Result<RemoteAnswer, OffloadError> {
    do throws(OffloadError) {
      return .success(try await client.classify(Self.sample, deadline: deadline))
    } catch {
      return .failure(error)
    }
  }

  private func prediction(of client: WireRemoteModel) async -> Int? {
    try? await outcome(of: client).get().prediction
  }

  /// Calls until the client works again; the suite's time limit bounds it.
  private func untilAnswered(
    _ client: WireRemoteModel, within deadline: Duration = .seconds(20)
  ) async -> RemoteAnswer? {
    while !Task.isCancelled {
      if case .success(let answer) = await outcome(of: client, within: deadline) { return answer }
      await Task.yield()
    }
    return nil
  }

  @Test func anAnswerIsWhatTheServerSays() async throws {
    let server = try ScriptedServer { socket, _ in
      guard let asked = Asked(socket.receiveFrame()), asked.kind == 1,
        (19_000...20_000).contains(asked.milliseconds)
      else { return }
      socket.send(Self.answer(asked.id))
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      #expect(
        await outcome(of: client)
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
      guard let asked = Asked(socket.receiveFrame()) else { return }
      socket.send(Self.answer(asked.id, status: status, message: "why"))
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      #expect(await outcome(of: client) == .failure(error))
    }
  }

  private static func description(digest: String) -> String {
    #"{"classes":["a","b"],"digest":"\#(digest)","elementType":"uint8","name":"m","shape":[1,2,2]}"#
  }

  @Test func aNewConnectionToAnotherModelGetsNoSampleUntilTheRightOneIsBack() async throws {
    // Connections: the agreed model, cut after an answer; then another model twice; then the first again.
    let samplesOfOthers = Mutex(0)
    let server = try ScriptedServer { socket, number in
      let digest = (1...2).contains(number) ? "sha256:other" : "sha256:agreed"
      while let asked = Asked(socket.receiveFrame()) {
        if asked.kind == 3 {
          socket.send(
            Self.answer(asked.id, kind: 131, message: Self.description(digest: digest)))
          continue
        }
        if (1...2).contains(number) { samplesOfOthers.withLock { $0 += 1 } }
        socket.send(Self.answer(asked.id, prediction: 1))
        if number == 0 { return socket.interrupt() }
      }
    }
    defer { server.stop() }
    try await withClient(port: server.port, configure: { $0.modelDigest = "sha256:agreed" }) {
      client in
      let first = await outcome(of: client)
      #expect((try? first.get().prediction) == 1, "\(first)")
      var others: Set<String> = []
      while !Task.isCancelled {
        let outcome = await outcome(of: client)
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

  @Test func answersInAnyOrderReachTheirOwnCalls() async throws {
    let server = try ScriptedServer { socket, _ in
      let asked = (0..<50).compactMap { _ in Asked(socket.receiveFrame()) }
      for one in asked.reversed() {
        socket.send(Self.answer(one.id, prediction: one.milliseconds / 1000))
      }
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      await withTaskGroup(of: (Int, Result<RemoteAnswer, OffloadError>).self) { group in
        // The deadline's whole seconds mark a call, for the server gives them back as the class.
        for seconds in 30..<80 {
          group.addTask {
            (seconds, await outcome(of: client, within: .milliseconds(seconds * 1000 + 999)))
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
      guard let late = Asked(socket.receiveFrame()) else { return }
      arrived.yield()
      guard let second = Asked(socket.receiveFrame()) else { return }
      socket.send(
        Self.answer(late.id, prediction: 1) + Self.answer(99_999, prediction: 2)
          + Self.answer(second.id, prediction: 4) + Self.answer(second.id, prediction: 5))
      guard let third = Asked(socket.receiveFrame()) else { return }
      socket.send(Self.answer(third.id, prediction: 6))
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      let late = Task { await outcome(of: client) }
      for await _ in arrivals { break }
      late.cancel()
      #expect(await late.value == .failure(.cancelled))
      #expect(await prediction(of: client) == 4)
      #expect(await prediction(of: client) == 6)
      #expect(await client.statistics().ignoredAnswers == 3)
      #expect(await client.statistics().connections == 1)
    }
  }

  @Test func aServerThatNeverAnswersCostsTheDeadlineAndNoMore() async throws {
    let server = try ScriptedServer { socket, _ in _ = socket.receiveToEnd() }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      let clock = ContinuousClock()
      let started = clock.now
      #expect(await outcome(of: client, within: .milliseconds(50)) == .failure(.deadlineExceeded))
      let elapsed = clock.now - started
      #expect(elapsed >= .milliseconds(50))
      #expect(elapsed < .seconds(10))
      #expect(await outcome(of: client, within: .zero) == .failure(.deadlineExceeded))
    }
  }

  @Test func aConnectionThatStaysSilentIsGivenUpAndMadeAnew() async throws {
    let server = try ScriptedServer { socket, number in
      // The first connection swallows everything, as behind a pulled cable.
      while let asked = Asked(socket.receiveFrame()) {
        if number > 0 { socket.send(Self.answer(asked.id)) }
      }
    }
    defer { server.stop() }
    try await withClient(port: server.port) {
      $0.silenceLimit = .milliseconds(20)
    } _: { client in
      #expect(await outcome(of: client, within: .milliseconds(40)) == .failure(.deadlineExceeded))
      #expect(await untilAnswered(client, within: .milliseconds(500))?.prediction == 3)
    }
  }

  /// A caller that asks elsewhere as well cancels every call here long before its deadline.
  @Test func aSilentConnectionIsGivenUpAlsoWhereEveryCallOnItIsCancelled() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, number in
      while let asked = Asked(socket.receiveFrame()) {
        arrived.yield()
        if number > 0 { socket.send(Self.answer(asked.id)) }
      }
    }
    defer { server.stop() }
    try await withClient(port: server.port) {
      $0.silenceLimit = .milliseconds(20)
    } _: { client in
      let first = Task { await outcome(of: client) }
      for await _ in arrivals { break }
      first.cancel()
      #expect(await first.value == .failure(.cancelled))
      // Less than the calls' 20 s, after which the link would look at them by itself.
      let limit = ContinuousClock.now + .seconds(10)
      while await client.statistics().connections < 2, ContinuousClock.now < limit {
        let call = Task { await outcome(of: client) }
        await Task.yield()
        _ = await client.statistics()
        call.cancel()
        _ = await call.value
      }
      #expect(await client.statistics().connections >= 2)
      #expect(await untilAnswered(client)?.prediction == 3)
    }
  }

  @Test func aServerThatNeverReadsEndsInOverloadNotInMemory() async throws {
    let server = try ScriptedServer { socket, _ in socket.shrinkReceiveBuffer() }
    defer { server.stop() }
    let large = try #require(
      Sample(
        elementType: .uint8, shape: [1_000_000], bytes: .init(repeating: 0, count: 1_000_000)))
    try await withClient(port: server.port) {
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

  /// How a connection ends with a request under way: cut inside the answer at each of these bytes, or
  /// closed, or reset.
  @Test(arguments: [0, 1, 3, 4, 12, 23, -1])
  func aConnectionCutInsideAnAnswerEndsTheCallAndTheNextOneReconnects(bytes: Int) async throws {
    let server = try ScriptedServer { socket, number in
      guard let asked = Asked(socket.receiveFrame()) else { return }
      guard number == 0 else {
        socket.send(Self.answer(asked.id))
        return
      }
      socket.send(Self.answer(asked.id).prefix(max(0, bytes)))
      if bytes < 0 { socket.cut() } else { socket.finishSending() }
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      #expect(await outcome(of: client) == .failure(.connectionClosed))
      #expect(await untilAnswered(client)?.prediction == 3)
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
      guard let asked = Asked(socket.receiveFrame()) else { return }
      socket.send(number == 0 ? bytes : Self.answer(asked.id))
      _ = socket.receiveToEnd()
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      guard case .failure(.protocolViolation(let sentence)) = await outcome(of: client) else {
        Issue.record("expected a protocol violation")
        return
      }
      #expect(sentence.contains("expected"))
      #expect(await untilAnswered(client)?.prediction == 3)
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
      guard let asked = Asked(socket.receiveFrame()) else { return }
      socket.send(Self.answer(asked.id, kind: 131, prediction: 0, message: document))
      for (kind, prediction, confidence) in bad {
        guard let asked = Asked(socket.receiveFrame()) else { return }
        socket.send(
          Self.answer(asked.id, kind: kind, prediction: prediction, confidence: confidence))
      }
      guard let last = Asked(socket.receiveFrame()) else { return }
      socket.send(Self.answer(last.id, prediction: 2))
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      let served = try await client.describe(deadline: .seconds(20))
      #expect(served.classes == ["a", "b", "c"])
      var sentences: [String] = []
      for _ in 0..<6 {
        if case .failure(.protocolViolation(let text)) = await outcome(of: client) {
          sentences.append(text)
        }
      }
      #expect(sentences.count == 6)
      #expect(sentences.first == "The server answered class 3, expected 0 to 2.")
      // A well-formed answer that cannot be true does not cost the connection.
      #expect(await prediction(of: client) == 2)
      #expect(await client.statistics().connections == 1)
    }
  }

  @Test func moreCallsThanTheLimitAreOverloadedAtOnce() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, _ in
      while socket.receiveFrame() != nil { arrived.yield() }
    }
    defer { server.stop() }
    try await withClient(port: server.port) {
      $0.maximumInFlight = 1
    } _: { client in
      async let first = outcome(of: client)
      for await _ in arrivals { break }
      #expect(await outcome(of: client) == .failure(.overloaded))
      await client.close()
      #expect(await first == .failure(.connectionClosed))
    }
  }

  @Test func aServerThatIsDownIsUnreachableAtOnceAndFoundAgainWhenItReturns() async throws {
    let reserved = try ScriptedServer { _, _ in }
    let port = reserved.port
    reserved.stop()
    try await withClient(port: port) { client in
      guard case .failure(.unreachable(let sentence)) = await outcome(of: client) else {
        Issue.record("expected an unreachable server")
        return
      }
      #expect(sentence == "No connection to hi://127.0.0.1:\(port): nobody listens there.")
      for _ in 0..<100 {
        guard case .failure(.unreachable) = await outcome(of: client) else {
          Issue.record("expected an unreachable server")
          return
        }
      }
      let server = try ScriptedServer(port: port) { socket, _ in
        while let asked = Asked(socket.receiveFrame()) { socket.send(Self.answer(asked.id)) }
      }
      defer { server.stop() }
      #expect(await untilAnswered(client)?.prediction == 3)
    }
  }

  @Test func aCancelledTaskGetsItsOutcomeAtOnce() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, _ in
      while socket.receiveFrame() != nil { arrived.yield() }
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      let call = Task { await outcome(of: client) }
      for await _ in arrivals { break }
      call.cancel()
      #expect(await call.value == .failure(.cancelled))
      let before = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await outcome(of: client)
      }
      #expect(await before.value == .failure(.cancelled))
      #expect(await client.statistics().inFlight == 0)
    }
  }

  @Test func closingEndsTheCallsUnderWayAndLaterOnes() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { socket, _ in
      while socket.receiveFrame() != nil { arrived.yield() }
    }
    defer { server.stop() }
    try await withClient(port: server.port) { client in
      async let call = outcome(of: client)
      for await _ in arrivals { break }
      await client.close()
      #expect(await call == .failure(.connectionClosed))
      #expect(await outcome(of: client) == .failure(.connectionClosed))
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
