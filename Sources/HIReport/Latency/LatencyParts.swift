internal import HIPlanning
internal import HIRuntime
internal import HITransport
internal import HierarchicalInference

/// Where a strategy's mean latency goes.
struct LatencyParts: Sendable, Equatable {
  /// A part of the latency per inference.
  struct Part: Sendable, Equatable {
    let name: String
    let colour: Int
    let meanMs: Double
  }

  let strategy: String
  let parts: [Part]
  let isMeasured: Bool

  var totalMs: Double { parts.reduce(0) { $0 + $1.meanMs } }

  /// What a live run measured on the device's clock; the server's time is the server's own word.
  init(_ run: MeasuredRun) {
    let count = Double(max(run.results.count, 1))
    func mean(_ value: (Classification) -> Duration) -> Double {
      run.results.reduce(0) { $0 + value($1) / .milliseconds(1) } / count
    }
    let local = mean(\.latency.local)
    let decision = mean(\.latency.decision)
    let server = mean { $0.remoteAnswer?.serverTime ?? .zero }
    let network = mean { result in
      result.remoteAnswer.map { max(.zero, (result.latency.offload ?? .zero) - $0.serverTime) }
        ?? .zero
    }
    let failed = mean { $0.remoteAnswer == nil ? $0.latency.offload ?? .zero : .zero }
    let total = mean(\.latency.total)
    strategy = run.strategy.rawValue
    isMeasured = true
    parts = [
      Part(name: "local stages", colour: 0, meanMs: local),
      Part(name: "decision", colour: 4, meanMs: decision),
      Part(name: "network and client", colour: 3, meanMs: network),
      Part(name: "server: queue and inference", colour: 1, meanMs: server),
      Part(name: "offloads that failed", colour: 7, meanMs: failed),
      Part(
        name: "rest", colour: Palette.neutral,
        meanMs: max(0, total - local - decision - network - server - failed)),
    ]
  }

  /// What a profile prices, stage by stage; nil without one.
  init?(_ candidate: Candidate) {
    guard let profile = candidate.profile, let lpi = candidate.evaluation.lpiMs else { return nil }
    let evaluation = candidate.evaluation
    let samples = Double(evaluation.samples)
    strategy = candidate.strategy.rawValue
    isMeasured = false
    var parts: [Part] = []
    var reaching = evaluation.acceptedAt.isEmpty ? 0 : evaluation.samples
    for exit in evaluation.acceptedAt.indices {
      let before = exit == 0 ? 0 : profile.exits[exit - 1].latencyMs
      parts.append(
        Part(
          name: "stage \(exit + 1)", colour: [0, 3, 2, 5][exit % 4],
          meanMs: Double(reaching) / samples * (profile.exits[exit].latencyMs - before)))
      reaching -= evaluation.acceptedAt[exit] + evaluation.offloadedAt[exit]
    }
    let stages = parts.reduce(0) { $0 + $1.meanMs }
    let offload = evaluation.offloadFraction * profile.offload.latencyMs
    parts.append(
      Part(name: "decision", colour: 4, meanMs: max(0, lpi - stages - offload)))
    parts.append(Part(name: "offload", colour: 1, meanMs: offload))
    self.parts = parts
  }
}
