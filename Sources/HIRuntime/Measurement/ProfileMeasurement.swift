public import HIData
public import HIPlanning
public import HITransport
internal import HIModels
internal import HierarchicalInference

/// Measures what a model's exits, a decision and an offload cost on this machine.
///
///     let measurement = ProfileMeasurement(
///       local: model, samples: samples, dataset: "random", choice: choice)
///     let report = try await measurement.run(modelledOffload: fallback)
///
/// Latencies are timed sample by sample, without a meter running. For the energies the same work is
/// repeated for as long as the meter needs, and an energy is the mean power of that time the mean latency
/// of the work: the paper's method (section 3.3). Like there, the whole device is measured and its idle
/// power is not subtracted.
public struct ProfileMeasurement: Sendable {
  /// The local model.
  public let local: OnDeviceModel
  /// What is run; at least one.
  public let samples: [Sample]
  /// Where the samples are from, for the report.
  public let dataset: String
  /// The meter.
  public let choice: MeterChoice
  /// How many inferences come before the first that is timed.
  public let warmUp: Int
  /// How long one offload may take.
  public let deadline: Duration

  /// Describes a measurement.
  public init(
    local: OnDeviceModel, samples: [Sample], dataset: String, choice: MeterChoice,
    warmUp: Int = 20, deadline: Duration = .seconds(10)
  ) {
    precondition(!samples.isEmpty, "a mean needs at least one value")
    self.local = local
    self.samples = samples
    self.dataset = dataset
    self.choice = choice
    self.warmUp = warmUp
    self.deadline = deadline
  }

  /// Measures.
  ///
  /// - Parameters:
  ///   - remote: offloads go there; nil takes `modelledOffload` for their cost.
  ///   - modelledOffload: an offload of the catalogue.
  ///   - progress: called after each sample timed.
  /// - Throws: `ModelError`, ``MeterError`` or `OffloadError`.
  public func run(
    remote: WireRemoteModel?, modelledOffload: DeviceCatalogue.Offload,
    progress: @Sendable () -> Void = {}
  ) async throws -> MeasurementReport {
    var notes = [
      "Measured on \(samples.count) samples (\(dataset)) after \(warmUp) more to warm up."
    ]
    var figures = try await exits(notes: &notes, progress: progress)
    let exitCosts = figures.map(\.cost)
    let decision = try await decision()
    figures.append(decision)
    let offload: MeasuredFigure
    if let remote {
      let measured = try await offloads(to: remote, progress: progress)
      figures.append(measured.ping)
      offload = measured.offload
    } else {
      offload = Self.modelled(modelledOffload, hasEnergies: choice.meter != nil)
      notes.append(
        "Without a remote model the offload is the paper's \(modelledOffload.source), of a "
          + "\(modelledOffload.dataset) image from \(modelledOffload.device) over "
          + "\(modelledOffload.link): modelled.")
    }
    figures.append(offload)
    let hasEnergies = choice.meter != nil && offload.energy != nil
    if let meter = choice.meter {
      notes.append("Energies are by \(meter.name), idle power included.")
    }
    notes += choice.passedOver
    let profile = CostProfile(
      device: "this machine", link: remote.map { "\($0.endpoint)" } ?? modelledOffload.link,
      model: local.bundle.manifest.name, exits: exitCosts, decision: decision.cost,
      offload: offload.cost, latencySource: .measured,
      energySource: hasEnergies ? choice.meter?.source : nil, notes: notes)
    return MeasurementReport(
      model: local.bundle.manifest.name, dataset: dataset, samples: samples.count, warmUp: warmUp,
      meter: .init(
        name: choice.meter?.name, source: choice.meter?.source, passedOver: choice.passedOver),
      figures: figures, profile: profile)
  }

  /// From the input to each exit, cumulative.
  private func exits(
    notes: inout [String], progress: () -> Void
  ) async throws -> [MeasuredFigure] {
    for turn in 0..<warmUp { _ = try await local.exitDurations(for: samples[turn % samples.count]) }
    var latencies = [[Double]](repeating: [], count: local.exitCount)
    for sample in samples {
      for (exit, duration) in try await local.exitDurations(for: sample).enumerated() {
        latencies[exit].append(duration / .milliseconds(1))
      }
      progress()
    }
    var energies: [EnergySummary?] = []
    for exit in 1...local.exitCount {
      energies.append(
        try await energy(of: latencies[exit - 1], by: choice.meter) { time in
          try await local.runRepeatedly(samples, toExit: exit, atLeast: time)
        })
    }
    for exit in energies.indices.dropFirst() {
      guard let before = energies[exit - 1], let own = energies[exit], own.meanMj < before.meanMj
      else { continue }
      energies[exit] = before
      notes.append(
        "The meter gave exit \(exit + 1) less energy than exit \(exit), whose work it includes; "
          + "both have the greater figure.")
    }
    return latencies.indices.map { exit in
      MeasuredFigure(
        name: "exit\(exit + 1)", samples: samples.count,
        latency: LatencySummary(latenciesMs: latencies[exit], source: .measured),
        energy: energies[exit])
    }
  }

  /// One evaluation of the paper's decision module.
  private func decision() async throws -> MeasuredFigure {
    var logits: [[Float]] = []
    for sample in samples.prefix(100) {
      logits.append(Array(try await local.allLogits(for: sample).suffix(classCount)))
    }
    let work = RepeatedDecision(logits: logits)
    let readings = min(max(samples.count, 20), 200)
    _ = work.milliseconds()
    let latencies = (0..<readings).map { _ in work.milliseconds() }
    return MeasuredFigure(
      name: "decision", samples: readings * RepeatedDecision.batch,
      latency: LatencySummary(latenciesMs: latencies, source: .measured),
      energy: try await energy(of: latencies, by: choice.meter) { work.run(atLeast: $0) })
  }

  /// From a sample's bytes to the remote model's answer, and a round trip without a sample.
  private func offloads(
    to remote: WireRemoteModel, progress: () -> Void
  ) async throws -> (ping: MeasuredFigure, offload: MeasuredFigure) {
    for turn in 0..<max(warmUp, 1) {
      _ = try await remote.classify(samples[turn % samples.count], deadline: deadline)
    }
    var pings: [Double] = []
    var latencies: [Double] = []
    for sample in samples {
      var begin = ContinuousClock.now
      try await remote.ping(deadline: deadline)
      pings.append((ContinuousClock.now - begin) / .milliseconds(1))
      begin = .now
      _ = try await remote.classify(sample, deadline: deadline)
      latencies.append((ContinuousClock.now - begin) / .milliseconds(1))
      progress()
    }
    let energy = try await energy(of: latencies, by: choice.offloadMeter) { time in
      let end = ContinuousClock.now + time
      repeat {
        for sample in samples { _ = try await remote.classify(sample, deadline: deadline) }
      } while ContinuousClock.now < end
    }
    func figure(_ name: String, _ latencies: [Double], _ energy: EnergySummary?) -> MeasuredFigure {
      MeasuredFigure(
        name: name, samples: samples.count,
        latency: LatencySummary(latenciesMs: latencies, source: .measured), energy: energy)
    }
    return (figure("ping", pings, nil), figure("offload", latencies, energy))
  }

  private var classCount: Int { local.bundle.manifest.classes.count }

  /// Mean power of the work while it is repeated, times its mean latency.
  private func energy(
    of latenciesMs: [Double], by meter: (any EnergyMeter)?,
    repeating work: (_ time: Duration) async throws -> Void
  ) async throws -> EnergySummary? {
    guard let meter else { return nil }
    let reading = try await meter.reading { try await work(meter.shortestInterval) }
    let meanMs = latenciesMs.reduce(0, +) / Double(latenciesMs.count)
    return EnergySummary(meanMj: reading.meanPowerMw * meanMs / 1000, source: meter.source)
  }

  private static func modelled(
    _ offload: DeviceCatalogue.Offload, hasEnergies: Bool
  ) -> MeasuredFigure {
    let latency = offload.latencyMs
    return MeasuredFigure(
      name: "offload", samples: 0,
      latency: LatencySummary(
        meanMs: latency, p50Ms: latency, p90Ms: latency, p99Ms: latency, source: .modelled),
      energy: hasEnergies
        ? offload.energyMj.map { EnergySummary(meanMj: $0, source: .modelled) } : nil)
  }
}
