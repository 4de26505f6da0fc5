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
}
