import HIData
import Synchronization
import Testing

@testable import HITransport

/// Offloads that go together, over a model that notes the groups that it is asked for.
@Suite(.timeLimit(.minutes(1))) struct GroupedRemoteModelTests {
  /// Answers each sample with its first byte; one with 255 it refuses.
  private final class Counting: RemoteModel {
    private let seen = Mutex<[[UInt8]]>([])
    var groups: [[UInt8]] { seen.withLock { $0 } }

    func classify(_ sample: Sample, deadline: Duration) async throws(OffloadError) -> RemoteAnswer {
      throw .rejected("one by one")
    }

    func classify(
      _ samples: [Sample], deadline: Duration
    ) async -> [Result<RemoteAnswer, OffloadError>] {
      seen.withLock { $0.append(samples.map { $0.bytes[0] }) }
      return samples.map { sample in
        sample.bytes[0] == 255
          ? .failure(.modelFailed("no")) : .success(Self.answer(Int(sample.bytes[0])))
      }
    }

    func close() async {}

    static func answer(_ prediction: Int) -> RemoteAnswer {
      RemoteAnswer(prediction: prediction, confidence: 1, serverTime: .zero)
    }
  }

  private func sample(_ value: UInt8) throws -> Sample {
    try #require(Sample(elementType: .uint8, shape: [1, 1, 1], bytes: [value]))
  }

  private func outcomes(
    _ remote: GroupedRemoteModel, _ values: [UInt8]
  ) async throws -> [UInt8: Result<Int, OffloadError>] {
    try await withThrowingTaskGroup(of: (UInt8, Result<Int, OffloadError>).self) { group in
      for value in values {
        let sample = try sample(value)
        group.addTask {
          do throws(OffloadError) {
            let answer = try await remote.classify(sample, deadline: .seconds(50))
            return (value, .success(answer.prediction))
          } catch {
            return (value, .failure(error))
          }
        }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  @Test func everySampleOfEveryGroupGetsItsOwnOutcome() async throws {
    let counting = Counting()
    // The last two of fourteen wait for a fifth that never comes, and go when their time has come.
    let remote = GroupedRemoteModel(counting, size: 4, patience: .milliseconds(300))
    let values = Array<UInt8>(0..<13) + [255]
    let outcomes = try await outcomes(remote, values)
    for value in values.dropLast() { #expect(outcomes[value] == .success(Int(value))) }
    #expect(outcomes[255] == .failure(.modelFailed("no")))
    #expect(counting.groups.map(\.count).max() == 4)
    #expect(counting.groups.flatMap { $0 }.sorted() == values)
  }

  @Test func aLoneSampleWaitsNoLongerThanItsPatience() async throws {
    let counting = Counting()
    let remote = GroupedRemoteModel(counting, size: 100, patience: .milliseconds(20))
    #expect(try await outcomes(remote, [3]) == [3: .success(3)])
    #expect(counting.groups == [[3]])
  }

  @Test func whoIsCancelledLeavesItsGroup() async throws {
    let counting = Counting()
    let remote = GroupedRemoteModel(counting, size: 2, patience: .seconds(40))
    let lost = try sample(1)
    let waiting = Task { () async -> OffloadError? in
      do throws(OffloadError) {
        _ = try await remote.classify(lost, deadline: .seconds(100))
        return nil
      } catch { return error }
    }
    waiting.cancel()
    #expect(await waiting.value == .cancelled)
    // The next two are a whole group without it.
    let next = try await outcomes(remote, [2, 3])
    #expect(next == [2: .success(2), 3: .success(3)])
    #expect(counting.groups.map { $0.sorted() } == [[2, 3]])
  }

  @Test func aModelThatKnowsNoGroupsIsAskedForEachAtTheSameTime() async throws {
    let gate = ResilientRemoteModelTests.Gate()
    let peer = ResilientRemoteModelTests.Peer { number in
      await gate.pass()
      return Counting.answer(number)
    }
    let samples = [try sample(0), try sample(1), try sample(2)]
    async let answers = peer.classify(samples, deadline: .seconds(50))
    // All three are under way before the first is answered.
    await gate.arrived(3)
    gate.openAll()
    let predictions = await answers.compactMap { try? $0.get().prediction }
    #expect(predictions.sorted() == [0, 1, 2])
  }

  /// Notes how long it may take for each group, and waits at a gate.
  private struct Patient: RemoteModel {
    let gate: ResilientRemoteModelTests.Gate?
    let seen = Seen()

    final class Seen: Sendable {
      let deadlines = Mutex<[UInt8: Duration]>([:])
    }

    func classify(_ sample: Sample, deadline: Duration) async throws(OffloadError) -> RemoteAnswer {
      seen.deadlines.withLock { $0[sample.bytes[0]] = deadline }
      return Counting.answer(Int(sample.bytes[0]))
    }

    func classify(
      _ samples: [Sample], deadline: Duration
    ) async -> [Result<RemoteAnswer, OffloadError>] {
      guard let gate else { return await oneByOne(samples, deadline: deadline) }
      for sample in samples { seen.deadlines.withLock { $0[sample.bytes[0]] = deadline } }
      await gate.pass()
      return samples.map { .success(Counting.answer(Int($0.bytes[0]))) }
    }

    func close() async {}
  }

  private func offload(
    _ value: UInt8, to remote: GroupedRemoteModel, within deadline: Duration
  ) throws -> Task<Result<Int, OffloadError>, Never> {
    let sample = try sample(value)
    return Task {
      do throws(OffloadError) {
        return .success(try await remote.classify(sample, deadline: deadline).prediction)
      } catch {
        return .failure(error)
      }
    }
  }

  @Test func aGroupHasTheTimeOfItsMostPatientMemberAndEachItsOwnDeadline() async throws {
    let gate = ResilientRemoteModelTests.Gate()
    let model = Patient(gate: gate)
    let remote = GroupedRemoteModel(model, size: 2, patience: .seconds(40))
    // A second and a half apart, so that a machine that stands still for a while changes nothing.
    let short = try offload(1, to: remote, within: .seconds(3))
    let long = try offload(2, to: remote, within: .milliseconds(4500))
    // The model answers nobody before the shorter deadline has passed.
    #expect(await short.value == .failure(.deadlineExceeded))
    gate.openAll()
    #expect(await long.value == .success(2))
    let deadlines = model.seen.deadlines.withLock { $0 }
    #expect(deadlines[1] == deadlines[2])
  }

  @Test func whoIsAskedForAloneHasItsOwnDeadlineThere() async throws {
    let model = Patient(gate: nil)
    let remote = GroupedRemoteModel(model, size: 2, patience: .seconds(60))
    let short = try offload(1, to: remote, within: .seconds(40))
    let long = try offload(2, to: remote, within: .seconds(60))
    #expect(await short.value == .success(1))
    #expect(await long.value == .success(2))
    let deadlines = model.seen.deadlines.withLock { $0 }
    #expect(try #require(deadlines[1]) <= .seconds(40))
    #expect(try #require(deadlines[2]) > .seconds(40))
  }

  @Test func whoAreMuchMoreUrgentGoWithoutTheOthers() async throws {
    let counting = Counting()
    let remote = GroupedRemoteModel(counting, size: 3, patience: .seconds(40))
    let first = try offload(1, to: remote, within: .seconds(100))
    let second = try offload(2, to: remote, within: .seconds(100))
    // Three make a group, so that none of them waits for its time to pass.
    for urgent in try (0..<3).map({ _ in try offload(9, to: remote, within: .seconds(40)) }) {
      #expect(await urgent.value == .success(9))
    }
    #expect(counting.groups == [[9, 9, 9]])
    let third = try offload(3, to: remote, within: .seconds(100))
    for task in [first, second, third] { _ = await task.value }
    #expect(counting.groups.map { $0.sorted() } == [[9, 9, 9], [1, 2, 3]])
  }
}
