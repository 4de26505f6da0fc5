import Foundation
import HIData
import HIServing
import HITransport

/// Samples a second of the server with batches of the best size, beside raw ONNX Runtime.
struct ServedThroughput: Sendable {
  private static let goal = 90.0
  private let subject: Subject

  init(_ subject: Subject) { self.subject = subject }

  /// Whether the goal is reached.
  func compare(with raw: (batch: Int, rate: @Sendable (Double) -> Double)) async throws -> Bool {
    var scheduling = SchedulingConfiguration()
    scheduling.maximumBatch = raw.batch
    scheduling.queueLimit = 4096
    let repository = try await ModelRepository.load(
      .bundles([subject.bundle.path]), configuration: scheduling)
    var configuration = HIServerConfiguration()
    configuration.maximumInFlightPerConnection = 4096
    let server = try await HIServer.start(repository: repository, configuration: configuration)
    let clients = (0..<4).map { _ in WireRemoteModel(endpoint: server.endpoint) }
    // Enough callers that every thread finds a whole batch when it comes back.
    let callers = max(16, 3 * raw.batch * workers)

    var (alone, wire, floor): ([Double], [Double], [Double]) = ([], [], [])
    for round in 0...rounds {
      let raws = raw.rate(1)
      let scheduled = try await rate(callers: callers) { number, sample in
        guard let model = repository.models.first else { return }
        _ = try await model.infer([sample])
      }
      let wired = try await rate(callers: callers) { number, sample in
        _ = try await clients[number % clients.count].classify(sample, deadline: .seconds(30))
      }
      guard round > 0 else { continue }
      floor.append(raws)
      alone.append(scheduled)
      wire.append(wired)
    }
    print("served in batches of up to \(raw.batch), \(callers) callers, medians of \(floor.count)")
    line("  raw ONNX Runtime, batches of \(raw.batch)", median(floor), "/s")
    line("  through the scheduler", median(alone), "/s")
    let share = 100 * median(alone) / median(floor)
    line("  share", share, "% ", "goal >= 90")
    line("  over the wire, clients on the same cores", median(wire), "/s")
    line("  share", 100 * median(wire) / median(floor), "% ")
    if let sizes = server.snapshot.models.first?.batchSizes {
      line("  mean size of a batch", sizes.mean ?? 0, "   ")
    }
    for client in clients { await client.close() }
    await server.shutdown(drain: .seconds(5))
    return share >= Self.goal
  }

  /// Samples a second of callers who ask again as soon as they have an answer.
  private func rate(
    callers: Int, _ call: @escaping @Sendable (Int, Sample) async throws -> Void
  ) async throws -> Double {
    let start = clock.now
    let end = start + .seconds(1)
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for caller in 0..<callers {
        group.addTask {
          var count = 0
          while clock.now < end {
            try await call(caller, subject.samples[(caller + count) % subject.samples.count])
            count += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    return Double(count) / seconds(clock.now - start)
  }
}
