import HIData
import HITransport
import NIOCore
import SocketPeers
import Synchronization
import Testing

@testable import HIServing

/// A model's scheduler on real threads, without a network.
@Suite(.timeLimit(.minutes(2))) struct ServedModelTests {
  private func serving(
    _ backend: any InferenceBackend, _ configure: (inout SchedulingConfiguration) -> Void = { _ in }
  ) async throws -> (ModelRepository, ServedModel) {
    var configuration = SchedulingConfiguration()
    configuration.workers = 1
    configure(&configuration)
    let repository = try await ModelRepository.load(
      .backends([backend]), configuration: configuration)
    return (repository, try #require(repository.models.first))
  }

  private func end(_ repository: ModelRepository) async {
    repository.close()
    #expect(await repository.join(within: .seconds(60)))
  }

  /// What requests said, in the order in which they ended.
  private final class Outcomes: Sendable {
    private let list = Mutex<[(Int, InferenceOutcome)]>([])
    private let (ends, end) = AsyncStream.makeStream(of: Void.self)

    func request(_ number: Int, _ firsts: [UInt8], deadline: NIODeadline = .distantFuture)
      -> InferenceRequest
    {
      InferenceRequest(samples: firsts.map(EchoBackend.sample), deadline: deadline) { outcome in
        self.list.withLock { $0.append((number, outcome)) }
        self.end.yield()
      }
    }

    func wait(for count: Int) async -> [Int: InferenceOutcome] {
      var ended = 0
      for await _ in ends {
        ended += 1
        if ended == count { break }
      }
      return Dictionary(uniqueKeysWithValues: list.withLock { $0 })
    }
  }

  private func predictions(_ outcome: InferenceOutcome?) -> [Int]? {
    guard case .answered(let answers) = outcome else { return nil }
    return answers.map(\.prediction)
  }

  /// However short the batches before: what comes after one that hangs has another worker.
  @Test func aBatchThatTakesLongHoldsUpNothingThatComesLater() async throws {
    let backend = GatedBackend()
    let (repository, model) = try await serving(backend) { $0.workers = 2 }
    backend.permit(20)
    for _ in 0..<20 {
      _ = try await model.infer([EchoBackend.sample(1)])
      backend.waitForOneMoreStart()
    }
    let outcomes = Outcomes()
    #expect(model.submit(outcomes.request(0, [4])))
    backend.waitForOneMoreStart()
    let patience = NIODeadline.now() + .milliseconds(1)
    while NIODeadline.now() < patience {}
    #expect(model.submit(outcomes.request(1, [5])))
    backend.waitForOneMoreStart()
    backend.permit(2)
    let ended = await outcomes.wait(for: 2)
    #expect(predictions(ended[0]) == [4])
    #expect(predictions(ended[1]) == [5])
    await end(repository)
  }

  @Test func aRequestsSamplesAreAnsweredInTheirOrder() async throws {
    let (repository, model) = try await serving(EchoBackend())
    let answers = try await model.infer([3, 1, 2].map(EchoBackend.sample))
    #expect(answers.map(\.prediction) == [3, 1, 2])
    #expect(answers.allSatisfy { $0.confidence == 0.5 && $0.timing.batchSize == 3 })
    let probabilities = answers[0].probabilities
    #expect(probabilities.count == 257 && probabilities[3] == 0.5 && probabilities[256] == 0.5)
    await end(repository)
  }

  @Test func aCallerThatIsCancelledWaitsNoLongerForTheModel() async throws {
    let backend = GatedBackend()
    let (repository, model) = try await serving(backend)
    let caller = Task { try await model.infer([EchoBackend.sample(1)]) }
    try await onThread { backend.waitForOneMoreStart() }
    caller.cancel()
    // The model is still held by the test.
    await #expect(throws: InferenceFailure.shuttingDown) { try await caller.value }
    let late = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await model.infer([EchoBackend.sample(2)])
    }
    late.cancel()
    await #expect(throws: InferenceFailure.shuttingDown) { try await late.value }
    // What the model says after all is heard by nobody, and nobody is answered twice.
    backend.permit(2)
    let next = try await model.infer([EchoBackend.sample(3)])
    #expect(next.map(\.prediction) == [3])
    await end(repository)
  }

  @Test func whatArrivesWhileTheModelIsBusyRunsTogether() async throws {
    let backend = RecordingBackend()
    let (repository, model) = try await serving(backend) { $0.maximumBatch = 4 }
    let outcomes = Outcomes()
    #expect(model.submit(outcomes.request(0, [0])))
    try await onThread { backend.waitForOneMoreRun() }
    for number in 1...6 { #expect(model.submit(outcomes.request(number, [UInt8(number)]))) }
    let busy = model.snapshot
    #expect(busy.waitingRequests == 6 && busy.waitingSamples == 6)
    #expect(busy.busyWorkers == 1 && busy.workers == 1 && busy.queueLimit == 256)
    backend.permit(3)
    let ended = await outcomes.wait(for: 7)
    #expect(backend.batchSizes == [1, 4, 2])
    for number in 0...6 { #expect(predictions(ended[number]) == [number]) }
    let snapshot = model.snapshot
    #expect(snapshot.requests.answered == 7)
    #expect(snapshot.executions == 3)
    #expect(snapshot.batchSizes.counts.prefix(4) == [1, 1, 1, 0])
    #expect(snapshot.queueTime.count == 7)
    #expect(snapshot.computeTime.count == 3)
    #expect(snapshot.waitingSamples == 0)
    await end(repository)
  }

  @Test func aRequestThatBreaksTheModelTakesNoOtherWithIt() async throws {
    let backend = RecordingBackend()
    let (repository, model) = try await serving(backend)
    let outcomes = Outcomes()
    #expect(model.submit(outcomes.request(0, [0])))
    try await onThread { backend.waitForOneMoreRun() }
    for (number, first) in [(1, UInt8(1)), (2, 255), (3, 3)] {
      #expect(model.submit(outcomes.request(number, [first])))
    }
    backend.permit(5)
    let ended = await outcomes.wait(for: 4)
    #expect(backend.batchSizes == [1, 3, 1, 1, 1])
    #expect(predictions(ended[1]) == [1])
    #expect(ended[2] == .failed("the model broke on this sample"))
    #expect(predictions(ended[3]) == [3])
    #expect(model.snapshot.requests.failed == 1)
    await end(repository)
  }

  @Test func aModelThatDoesNotComeBackHoldsUpNoOther() async throws {
    let stuck = RecordingBackend()
    var other = EchoBackend()
    other.description = ServedModelDescription(
      name: "other", digest: "", classes: other.description.classes, shape: [1, 2, 2],
      elementType: .uint8)
    var configuration = SchedulingConfiguration()
    configuration.workers = 1
    let repository = try await ModelRepository.load(
      .backends([stuck, other]), configuration: configuration)
    let outcomes = Outcomes()
    for number in 0..<20 {
      #expect(repository.model(named: "echo")?.submit(outcomes.request(number, [1])) == true)
    }
    try await onThread { stuck.waitForOneMoreRun() }
    let answers = try await repository.model(named: "other")?.infer([EchoBackend.sample(5)])
    #expect(answers?.map(\.prediction) == [5])
    stuck.permit(20)
    #expect(await outcomes.wait(for: 20).count == 20)
    await end(repository)
  }

  @Test func aRequestLargerThanABatchRunsInParts() async throws {
    let backend = RecordingBackend()
    let (repository, model) = try await serving(backend) {
      $0.maximumBatch = 4
      $0.queueLimit = 5
    }
    backend.permit(3)
    let answers = try await model.infer((0..<10).map { EchoBackend.sample(UInt8($0)) })
    #expect(answers.map(\.prediction) == Array(0..<10))
    #expect(backend.batchSizes == [4, 4, 2])
    await end(repository)
  }

  @Test func withADelayRequestsWaitForOneAnother() async throws {
    let backend = RecordingBackend()
    // Far longer than the test may take: the batch goes because it is full.
    let (repository, model) = try await serving(backend) {
      $0.workers = 3
      $0.maximumBatch = 2
      $0.batchDelay = .seconds(1000)
    }
    backend.permit(1)
    async let first = model.infer([EchoBackend.sample(1)])
    async let second = model.infer([EchoBackend.sample(2)])
    #expect(try await [first[0].prediction, second[0].prediction] == [1, 2])
    #expect(backend.batchSizes == [2])
    await end(repository)
  }

  @Test func aLonelyRequestGoesWhenItsDelayIsOver() async throws {
    let (repository, model) = try await serving(EchoBackend()) {
      $0.workers = 2
      $0.batchDelay = .milliseconds(5)
    }
    for first in 0..<4 as Range<UInt8> {
      let answer = try await model.infer([EchoBackend.sample(first)])[0]
      #expect(answer.prediction == Int(first))
      #expect(answer.timing.queue >= .milliseconds(4))
    }
    await end(repository)
  }

  @Test func refusalsAndEndsHaveTheirOwnFailures() async throws {
    let backend = RecordingBackend()
    let (repository, model) = try await serving(backend) { $0.queueLimit = 1 }
    let outcomes = Outcomes()
    #expect(model.submit(outcomes.request(0, [0])))
    try await onThread { backend.waitForOneMoreRun() }
    #expect(model.submit(outcomes.request(1, [1], deadline: .now())))
    // The expired one makes room for this one, which then fills the queue.
    #expect(model.submit(outcomes.request(2, [2])))
    await #expect(throws: InferenceFailure.overloaded) {
      try await model.infer([EchoBackend.sample(3)])
    }
    repository.close()
    await #expect(throws: InferenceFailure.shuttingDown) {
      try await model.infer([EchoBackend.sample(4)])
    }
    backend.permit(2)
    let ended = await outcomes.wait(for: 3)
    #expect(predictions(ended[0]) == [0])
    #expect(ended[1] == .expired)
    #expect(predictions(ended[2]) == [2])
    #expect(model.snapshot.requests.expired == 1)
    #expect(model.snapshot.requests.overloaded == 2)
    #expect(await repository.join(within: .seconds(60)))
  }

  /// Sixteen callers, requests of 1 to 6 samples, with and without a delay: each gets its own answers.
  @Test(arguments: [Duration.zero, .microseconds(200)])
  func manyCallersGetTheirOwnAnswers(delay: Duration) async throws {
    let (repository, model) = try await serving(EchoBackend()) {
      $0.workers = 3
      $0.maximumBatch = 5
      $0.queueLimit = 1000
      $0.batchDelay = delay
    }
    let wrong = await withTaskGroup(of: Int.self) { group in
      for caller in 0..<16 {
        group.addTask {
          var random = SeededGenerator(seed: UInt64(caller))
          var wrong = 0
          for _ in 0..<40 {
            let firsts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
              UInt8.random(in: 0..<200, using: &random)
            }
            let answers = try? await model.infer(
              firsts.map(EchoBackend.sample), priority: caller.isMultiple(of: 2) ? .high : .normal)
            if answers?.map(\.prediction) != firsts.map(Int.init) { wrong += 1 }
          }
          return wrong
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
    #expect(model.snapshot.requests.answered == 640)
    await end(repository)
  }
}
