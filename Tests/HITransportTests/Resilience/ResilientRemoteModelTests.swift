import HIData
import Synchronization
import Testing

@testable import HITransport

/// Several endpoints behind one model, driven by stand-ins that answer, fail or never come back.
@Suite(.timeLimit(.minutes(1))) struct ResilientRemoteModelTests {
  /// A remote model that does with each call what a test says.
  final class Peer: RemoteModel {
    private let script: @Sendable (Int) async throws(OffloadError) -> RemoteAnswer
    private let calls = Mutex(0)

    init(_ script: @escaping @Sendable (Int) async throws(OffloadError) -> RemoteAnswer) {
      self.script = script
    }

    var callCount: Int { calls.withLock { $0 } }

    func classify(_ sample: Sample, deadline: Duration) async throws(OffloadError) -> RemoteAnswer {
      let number = calls.withLock {
        $0 += 1
        return $0 - 1
      }
      return try await script(number)
    }

    func close() async {}
  }

  /// Answers when a test says so, and not before, cancelled or not.
  final class Gate: Sendable {
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let arrivals = AsyncStream<Void>.makeStream()

    func pass() async {
      await withCheckedContinuation { continuation in
        waiting.withLock { $0.append(continuation) }
        arrivals.continuation.yield()
      }
    }

    func arrived(_ count: Int) async {
      var iterator = arrivals.stream.makeAsyncIterator()
      for _ in 0..<count { await iterator.next() }
    }

    func openAll() {
      let all = waiting.withLock { waiting in
        defer { waiting = [] }
        return waiting
      }
      for continuation in all { continuation.resume() }
    }
  }

  static func answer(_ prediction: Int) -> RemoteAnswer {
    RemoteAnswer(prediction: prediction, confidence: 0.5, serverTime: .zero)
  }

  private func outcome(
    _ model: ResilientRemoteModel, within deadline: Duration = .seconds(20)
  ) async -> Result<Int, OffloadError> {
    do throws(OffloadError) {
      return .success(
        try await model.classify(ScriptedWire.sample, deadline: deadline).prediction)
    } catch {
      return .failure(error)
    }
  }

  @Test func aSampleThatOneEndpointLosesIsAnsweredByTheOther() async {
    let broken = Peer { _ throws(OffloadError) in throw .connectionClosed }
    let working = Peer { _ in Self.answer(7) }
    var configuration = ResilienceConfiguration()
    configuration.retry = RetryPolicy(maximumRetries: 1)
    let model = ResilientRemoteModel(
      [("broken", broken), ("working", working)], configuration: configuration)
    for _ in 0..<50 { #expect(await outcome(model) == .success(7)) }
    // The circuit opens after five failures, so the broken one is soon left alone.
    #expect(broken.callCount <= 6)
    #expect(model.statistics.endpoints.map(\.isClosed) == [false, true])
    #expect(model.statistics.calls == 50)
  }

  @Test func anEndpointThatNeverComesBackCannotHoldACallBeyondItsDeadline() async {
    let gate = Gate()
    let stuck = Peer { _ in
      await gate.pass()
      return Self.answer(1)
    }
    let model = ResilientRemoteModel([("stuck", stuck)])
    let start = ContinuousClock.now
    #expect(await outcome(model, within: .milliseconds(100)) == .failure(.deadlineExceeded))
    #expect(ContinuousClock.now - start < .seconds(10))
    gate.openAll()
  }

  @Test func aHedgeWinsAndTheLosersLateAnswerChangesNothing() async {
    let gate = Gate()
    let isSlow = Atomic(false)
    let first = Peer { _ in
      if isSlow.load(ordering: .relaxed) { await gate.pass() }
      return Self.answer(1)
    }
    let second = Peer { _ in Self.answer(1) }
    var configuration = ResilienceConfiguration()
    configuration.hedge = HedgePolicy()
    let model = ResilientRemoteModel(
      [("first", first), ("second", second)], configuration: configuration)
    for _ in 0..<50 { #expect(await outcome(model) == .success(1)) }
    isSlow.store(true, ordering: .relaxed)
    for _ in 0..<10 { #expect(await outcome(model) == .success(1)) }
    gate.openAll()
    // All were answered: those that went to the slow endpoint, by the other one.
    let statistics = model.statistics
    #expect(statistics.calls == 60)
    #expect(statistics.hedgesWon <= statistics.hedges)
  }

  @Test func callsBeyondTheLimitWaitForAPlaceAndAllAreAnswered() async {
    let running = Atomic(0)
    let most = Atomic(0)
    let peer = Peer { _ in
      let now = running.add(1, ordering: .relaxed).newValue
      most.max(now, ordering: .relaxed)
      for _ in 0..<20 { await Task.yield() }
      running.subtract(1, ordering: .relaxed)
      return Self.answer(2)
    }
    var configuration = ResilienceConfiguration()
    configuration.maximumConcurrent = 3
    let model = ResilientRemoteModel([("peer", peer)], configuration: configuration)
    let answers = await withTaskGroup(of: Result<Int, OffloadError>.self) { group in
      for _ in 0..<100 { group.addTask { await outcome(model) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers == Array(repeating: .success(2), count: 100))
    #expect(most.load(ordering: .relaxed) <= 3)
  }

  @Test func aCallThatFindsNoPlaceInTimeIsOverloadedAndTakesNone() async {
    let gate = Gate()
    let peer = Peer { number in
      if number == 0 { await gate.pass() }
      return Self.answer(4)
    }
    var configuration = ResilienceConfiguration()
    configuration.maximumConcurrent = 1
    let model = ResilientRemoteModel([("peer", peer)], configuration: configuration)
    async let held = outcome(model)
    await gate.arrived(1)
    #expect(await outcome(model, within: .milliseconds(20)) == .failure(.overloaded))
    gate.openAll()
    #expect(await held == .success(4))
    #expect(await outcome(model) == .success(4))
    #expect(peer.callCount == 2)
  }

  @Test func aCancelledCallEndsAtOnce() async {
    let gate = Gate()
    let stuck = Peer { _ in
      await gate.pass()
      return Self.answer(1)
    }
    let model = ResilientRemoteModel([("stuck", stuck)])
    let call = Task { await outcome(model) }
    await gate.arrived(1)
    call.cancel()
    #expect(await call.value == .failure(.cancelled))
    gate.openAll()
    let never = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await outcome(model)
    }
    #expect(await never.value == .failure(.cancelled))
  }

  /// Endpoints that fail by chance in every way, many calls at once: each call has one outcome, and
  /// an answer is the one for its own sample.
  @Test(arguments: 0..<4) func everyCallHasExactlyOneOutcome(seed: UInt64) async {
    let chance = Mutex(SplitMix(seed: seed))
    func peer() -> Peer {
      Peer { _ throws(OffloadError) in
        let draw = chance.withLock { $0.next() % 10 }
        if draw < 2 { await Task.yield() }
        switch draw {
        case 3: throw .connectionClosed
        case 4: throw .overloaded
        case 5: throw .unreachable("gone")
        default: return Self.answer(5)
        }
      }
    }
    var configuration = ResilienceConfiguration()
    configuration.retry = RetryPolicy(maximumRetries: 2)
    configuration.hedge = HedgePolicy()
    configuration.maximumConcurrent = 8
    let model = ResilientRemoteModel(
      [("a", peer()), ("b", peer()), ("c", peer())], configuration: configuration)
    let answers = await withTaskGroup(of: Result<Int, OffloadError>.self) { group in
      for _ in 0..<500 { group.addTask { await outcome(model) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count == 500)
    #expect(answers.contains(.success(5)))
    for case .success(let prediction) in answers { #expect(prediction == 5) }
    #expect(model.statistics.calls == 500)
  }
}
