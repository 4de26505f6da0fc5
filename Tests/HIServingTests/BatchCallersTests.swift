import HIData
import NIOCore
import Testing

@testable import HIServing

/// What a worker that asks other servers is told of those who wait for it.
@Suite struct BatchCallersTests {
  /// Answers as ``EchoBackend`` does, and keeps what it was told with every batch.
  private struct Worker: InferenceWorker {
    var told: [BatchCallers] = []

    func run(_ samples: [Sample]) throws -> [ModelOutput] { try EchoBackend.Worker().run(samples) }

    mutating func run(_ samples: [Sample], for callers: BatchCallers) throws -> [ModelOutput] {
      told.append(callers)
      return try run(samples)
    }
  }

  private func request(
    _ firsts: [UInt8], received: NIODeadline, deadline: NIODeadline = .distantFuture
  ) -> InferenceRequest {
    InferenceRequest(
      samples: firsts.map(EchoBackend.sample), received: received, deadline: deadline
    ) { _ in }
  }

  private func told(_ requests: [InferenceRequest]) throws -> [BatchCallers] {
    var worker: any InferenceWorker = Worker()
    let run = BatchRun(requests, maximumSize: 2, on: &worker)
    #expect(run.outputs.count == requests.count)
    return try #require(worker as? Worker).told
  }

  @Test func everyPartOfALargeRequestBelongsToTheSameMoment() throws {
    let received = NIODeadline.uptimeNanoseconds(5_000_000_000)
    let told = try told([request([0, 1, 2, 3, 4], received: received)])
    #expect(told.map(\.received) == [received, received, received])
  }

  @Test func ofSeveralRequestsTheFirstCounts() throws {
    let moments = [7, 5, 6].map { NIODeadline.uptimeNanoseconds($0) }
    let told = try told([
      request([0], received: moments[0], deadline: .uptimeNanoseconds(90)),
      request([1], received: moments[1]), request([2], received: moments[2]),
    ])
    #expect(told.map(\.received) == [moments[1]])
    #expect(told.map(\.deadline) == [.uptimeNanoseconds(90)])
  }

  @Test(arguments: [
    // Seconds from the request on: now, the client's deadline, what is left of 10 s.
    (0.0, nil, 10.0), (4, nil, 6), (10, nil, 0), (25, nil, 0), (4, 7.0, 3), (4, 20, 6), (8, 7, 0),
  ])
  func whatIsLeftIsCountedFromTheRequest(now: Double, deadline: Double?, left: Double) {
    let received = NIODeadline.uptimeNanoseconds(1_000_000_000)
    func moment(_ seconds: Double) -> NIODeadline {
      received + .milliseconds(Int64(seconds * 1000))
    }
    let callers = BatchCallers(
      deadline: deadline.map(moment) ?? .distantFuture, received: received)
    #expect(callers.patience(atMost: .seconds(10), at: moment(now)) == .seconds(left))
  }
}
