import Foundation
import HIData
import HIServing
import HITransport

/// Three times as many requests a second as the server can answer, sent whatever becomes of those
/// before, each with a deadline.
struct Overload: Sendable {
  private static let deadline = Duration.milliseconds(100)

  /// What became of one request.
  private enum Fate {
    case answered(Double)
    case refused(Double)
    case late
  }

  private let subject: Subject

  init(_ subject: Subject) { self.subject = subject }

  /// Whether the goals are reached.
  func run() async throws -> Bool {
    let repository = try await ModelRepository.load(.bundles([subject.bundle.path]))
    var configuration = HIServerConfiguration()
    configuration.maximumInFlightPerConnection = 4096
    let server = try await HIServer.start(repository: repository, configuration: configuration)
    var client = WireClientConfiguration()
    client.maximumInFlight = 4096
    let clients = (0..<4).map { _ in
      WireRemoteModel(endpoint: server.endpoint, configuration: client)
    }
    var (peaks, goodputs, refusedShares): ([Double], [Double], [Double]) = ([], [], [])
    var (accepted, refused, late): ([Double], [Double], Int) = ([], [], 0)
    for round in 0...rounds {
      let peak = try await peak(clients)
      let length = 1.5
      let fates = await offer(rate: 3 * peak, seconds: length, to: clients)
      guard round > 0 else { continue }
      peaks.append(peak)
      var (good, turnedAway) = (0, 0)
      for fate in fates {
        switch fate {
        case .answered(let time):
          good += 1
          accepted.append(time)
        case .refused(let time):
          turnedAway += 1
          refused.append(time)
        case .late: late += 1
        }
      }
      goodputs.append(Double(good) / length)
      refusedShares.append(Double(turnedAway) / Double(fates.count))
    }
    let milliseconds = Self.deadline / .milliseconds(1)
    print("three times the capacity, deadline \(Int(milliseconds)) ms, medians of \(peaks.count)")
    line("  peak: 64 callers who wait for their answers", median(peaks), "/s")
    line("  answered in time of three times as many", median(goodputs), "/s")
    let share = 100 * median(zip(goodputs, peaks).map { $0 / $1 })
    line("  share of the peak", share, "% ", "goal >= 85")
    let p99 = quantile(accepted, 0.99)
    line("  answered, p50", quantile(accepted, 0.5), "ms")
    line("  answered, p99", p99, "ms", "goal <= \(Int(milliseconds))")
    line("  refused at once", 100 * median(refusedShares), "% ")
    line("  refused, p50", quantile(refused, 0.5), "ms")
    line("  refused, p99", quantile(refused, 0.99), "ms")
    let lateShare = 100 * Double(late) / Double(max(1, late + accepted.count))
    line("  accepted and then late, of those accepted", lateShare, "% ", "goal < 1")
    for client in clients { await client.close() }
    await server.shutdown(drain: .seconds(5))
    return share >= 85 && p99 <= milliseconds && lateShare < 1
  }

  /// Answers a second for callers who ask again as soon as they have one.
  private func peak(_ clients: [WireRemoteModel]) async throws -> Double {
    let start = clock.now
    let end = start + .seconds(1)
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for caller in 0..<64 {
        group.addTask {
          var count = 0
          while clock.now < end {
            _ = try await clients[caller % clients.count].classify(
              subject.samples[count % subject.samples.count], deadline: .seconds(30))
            count += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    return Double(count) / seconds(clock.now - start)
  }

  /// Sends at a steady rate, in bursts of as many as a millisecond's worth.
  private func offer(
    rate: Double, seconds length: Double, to clients: [WireRemoteModel]
  ) async -> [Fate] {
    await withTaskGroup(of: Fate.self) { group in
      let start = clock.now
      var sent = 0
      while true {
        let elapsed = seconds(clock.now - start)
        guard elapsed < length else { break }
        while Double(sent) < elapsed * rate {
          let number = sent
          group.addTask { await fate(of: number, clients) }
          sent += 1
        }
        try? await Task.sleep(for: .milliseconds(1))
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func fate(of number: Int, _ clients: [WireRemoteModel]) async -> Fate {
    let start = clock.now
    do throws(OffloadError) {
      _ = try await clients[number % clients.count].classify(
        subject.samples[number % subject.samples.count], deadline: Self.deadline)
      return .answered((clock.now - start) / .milliseconds(1))
    } catch {
      guard error == .overloaded else { return .late }
      return .refused((clock.now - start) / .milliseconds(1))
    }
  }

  private func quantile(_ values: [Double], _ fraction: Double) -> Double {
    values.isEmpty ? .nan : values.sorted()[Int(fraction * Double(values.count - 1))]
  }
}
