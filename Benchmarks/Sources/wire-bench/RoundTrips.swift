import HIData
import HITransport

/// What the round trips are measured against: the same bytes there and back, and nothing else.
struct Echoes {
  /// As many bytes as an offload, between two blocking threads.
  let offload: BareEcho
  /// The same, with an answer that is computed for as long as the model takes.
  let busyOffload: BareEcho
  /// As many bytes as a ping.
  let ping: BareEcho
  /// As many bytes as an offload, between two event loops.
  let loopOffload: EventLoopEcho
  /// As many bytes as a ping, between two event loops.
  let loopPing: EventLoopEcho
  let work: Duration

  /// - Parameters:
  ///   - sample: what is offloaded.
  ///   - work: how long its model takes.
  init(of sample: Sample, work: Duration) async throws {
    let empty = 4 + WireProtocol.requestHeaderBytes
    let request = empty + 4 * sample.shape.count + sample.bytes.count
    let response = 4 + WireProtocol.responseHeaderBytes
    self.work = work
    offload = BareEcho(requestBytes: request, responseBytes: response)
    busyOffload = BareEcho(requestBytes: request, responseBytes: response, work: work)
    ping = BareEcho(requestBytes: empty, responseBytes: response)
    loopOffload = try await EventLoopEcho(requestBytes: request, responseBytes: response)
    loopPing = try await EventLoopEcho(requestBytes: empty, responseBytes: response)
  }

  func close() async throws {
    try await loopOffload.close()
    try await loopPing.close()
  }
}

/// The microseconds of round trips of each kind, which take turns.
struct RoundTrips {
  private enum Kind {
    case offload, offloadLessInference, ping
    case echo, busyEchoLessWork, pingEcho
    case loopEcho, loopPingEcho
  }

  private var times: [Kind: [Double]] = [:]

  /// Runs some of each kind, one after the other.
  ///
  /// - Parameter isCounted: false to warm up.
  mutating func run(
    _ count: Int, _ client: WireRemoteModel, _ backend: TimedBackend, _ sample: Sample,
    _ echoes: Echoes, isCounted: Bool
  ) async throws {
    var run: [Kind: [Duration]] = [:]
    // As `hi run` does it: the caller stays on the connection's thread.
    (run[.offload], run[.offloadLessInference]) = try await withTaskExecutorPreference(
      client.preferredExecutor
    ) {
      var whole: [Duration] = []
      var rest: [Duration] = []
      for _ in 0..<count {
        let start = clock.now
        _ = try await client.classify(sample, deadline: .seconds(10))
        whole.append(clock.now - start)
        rest.append(whole[whole.count - 1] - backend.lastInference)
      }
      return (whole, rest)
    }
    run[.echo] = Self.timed(count) { echoes.offload.roundTrip() }
    run[.busyEchoLessWork] = Self.timed(count) { echoes.busyOffload.roundTrip() }
      .map { $0 - echoes.work }
    run[.ping] = try await withTaskExecutorPreference(client.preferredExecutor) {
      var times: [Duration] = []
      for _ in 0..<count {
        let start = clock.now
        try await client.ping(deadline: .seconds(10))
        times.append(clock.now - start)
      }
      return times
    }
    run[.pingEcho] = Self.timed(count) { echoes.ping.roundTrip() }
    run[.loopEcho] = try await echoes.loopOffload.roundTrips(count)
    run[.loopPingEcho] = try await echoes.loopPing.roundTrips(count)
    guard isCounted else { return }
    for (kind, durations) in run { times[kind, default: []] += durations.map(microseconds) }
  }

  private static func timed(_ count: Int, _ body: () -> Void) -> [Duration] {
    (0..<count).map { _ in clock.measure(body) }
  }

  /// Prints the medians, and their ratios.
  func show(_ placement: Placement) {
    print(" \(placement.rawValue)")
    line("  bare blocking echo of the same bytes", self[.echo], "us")
    line("  offload round trip, whole", self[.offload], "us")
    line("  offload round trip less its inference", self[.offloadLessInference], "us")
    ratio(.offloadLessInference, to: .echo, "to the echo", goal: "goal <= 3")
    line("  the echo after as much work as the model's, less it", self[.busyEchoLessWork], "us")
    ratio(.offloadLessInference, to: .busyEchoLessWork, "to that")
    line("  echo of the same bytes between event loops", self[.loopEcho], "us")
    ratio(.offloadLessInference, to: .loopEcho, "to that")
    line("  bare blocking echo of a ping's bytes", self[.pingEcho], "us")
    line("  ping round trip", self[.ping], "us")
    ratio(.ping, to: .pingEcho, "to the echo", goal: "goal <= 2")
    line("  echo of a ping's bytes between event loops", self[.loopPingEcho], "us")
    ratio(.ping, to: .loopPingEcho, "to that")
  }

  private subscript(_ kind: Kind) -> Double { median(times[kind] ?? []) }

  private func ratio(_ kind: Kind, to base: Kind, _ name: String, goal: String = "") {
    line("  ratio \(name)", self[kind] / self[base], "x ", goal)
  }
}
