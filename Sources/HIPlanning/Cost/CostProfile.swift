/// Latency and energy of something that the device does.
public struct Cost: Codable, Sendable, Equatable {
  /// Milliseconds.
  public var latencyMs: Double
  /// Millijoules, of the whole device.
  public var energyMj: Double

  /// Makes a cost.
  public init(latencyMs: Double, energyMj: Double) {
    self.latencyMs = latencyMs
    self.energyMj = energyMj
  }

  /// What costs nothing.
  public static let zero = Cost(latencyMs: 0, energyMj: 0)

  /// Both costs after one another.
  public static func + (left: Cost, right: Cost) -> Cost {
    Cost(
      latencyMs: left.latencyMs + right.latencyMs, energyMj: left.energyMj + right.energyMj)
  }

  /// A cost several times, or a share of it.
  public static func * (factor: Double, cost: Cost) -> Cost {
    Cost(latencyMs: factor * cost.latencyMs, energyMj: factor * cost.energyMj)
  }
}

/// Where a figure comes from.
public enum FigureSource: String, Codable, Sendable, CaseIterable {
  /// A meter.
  case measured
  /// A counter in the chip.
  case telemetry
  /// A profile: other figures and an equation.
  case modelled
}

/// What a local inference to each exit, a decision and an offload cost on one device and link.
///
///     let profile = CostProfile(
///       device: "Raspberry Pi 4B", link: "Wi-Fi", model: "ResNet-8",
///       exits: [Cost(latencyMs: 1.63, energyMj: 6.22)], offload: Cost(latencyMs: 9.68, energyMj: 27.67))
public struct CostProfile: Codable, Sendable, Equatable {
  /// The device's name.
  public var device: String
  /// The link to the server.
  public var link: String
  /// The local model's name.
  public var model: String
  /// From the input to each exit, cumulative; the last is the whole local model.
  public var exits: [Cost]
  /// One evaluation of a decision rule.
  public var decision: Cost
  /// From the decision to offload to the answer: transmission, remote inference and the way back.
  public var offload: Cost
  /// Where the latencies come from.
  public var latencySource: FigureSource
  /// Where the energies come from; nil where they are not known, and then no EPI is reported.
  public var energySource: FigureSource?
  /// What a reader has to know of how the figures came about, one sentence each.
  public var notes: [String]

  /// Makes a profile.
  public init(
    device: String, link: String, model: String, exits: [Cost], decision: Cost = .zero,
    offload: Cost, latencySource: FigureSource = .modelled,
    energySource: FigureSource? = .modelled, notes: [String] = []
  ) {
    self.device = device
    self.link = link
    self.model = model
    self.exits = exits
    self.decision = decision
    self.offload = offload
    self.latencySource = latencySource
    self.energySource = energySource
    self.notes = notes
  }
}

extension CostProfile {
  /// A profile whose early exits cost their share of the whole model's multiply-accumulates: modelled,
  /// for devices on which only whole models were measured.
  ///
  /// - Parameters:
  ///   - device: the device's name.
  ///   - link: the link's name.
  ///   - model: the local model's name.
  ///   - whole: the cost of the whole local model.
  ///   - multiplyAccumulates: from the input to each exit, cumulative.
  ///   - stages: how many of the exits are the model's own; the last of these is the whole model, and a
  ///     second look behind it costs another. Nil for all.
  ///   - offload: the cost of one offload.
  public static func sharedByMultiplyAccumulates(
    device: String, link: String, model: String, whole: Cost, multiplyAccumulates: [Int],
    stages: Int? = nil, offload: Cost
  ) throws(CostError) -> CostProfile {
    let ordered = zip(multiplyAccumulates, multiplyAccumulates.dropFirst()).allSatisfy { $0 < $1 }
    let count = stages ?? multiplyAccumulates.count
    guard let all = multiplyAccumulates.prefix(count).last, let first = multiplyAccumulates.first,
      first > 0, ordered
    else {
      throw .multiplyAccumulates(model: model, found: multiplyAccumulates)
    }
    return CostProfile(
      device: device, link: link, model: model,
      exits: multiplyAccumulates.map { Double($0) / Double(all) * whole }, offload: offload,
      notes: multiplyAccumulates.count > 1
        ? ["The cost of an early exit is its share of the multiply-accumulates of the whole model."]
        : [])
  }

  /// Refuses a profile that cannot price a model with this many exits.
  func check(exitCount: Int) throws(CostError) {
    guard exits.count == exitCount else {
      throw .exitCount(profile: "\(device), \(model)", found: exits.count, expected: exitCount)
    }
    for cost in exits + [decision, offload] {
      for figure in [cost.latencyMs, cost.energyMj] where !(figure >= 0) || !figure.isFinite {
        throw .notACost(profile: "\(device), \(model)", found: figure)
      }
    }
    for (earlier, later) in zip(exits, exits.dropFirst())
    where later.latencyMs < earlier.latencyMs || later.energyMj < earlier.energyMj {
      throw .notCumulative(profile: "\(device), \(model)")
    }
  }
}

/// Why a cost profile cannot be used.
public enum CostError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The profile's file cannot be used.
  case unreadable(path: String, reason: String)
  /// The profile's file cannot be written.
  case unwritable(path: String, reason: String)
  /// The profile prices another number of exits than the model has.
  case exitCount(profile: String, found: Int, expected: Int)
  /// A figure that is negative, NaN or infinite.
  case notACost(profile: String, found: Double)
  /// A later exit is cheaper than an earlier one.
  case notCumulative(profile: String)
  /// Multiply-accumulates that do not grow from exit to exit.
  case multiplyAccumulates(model: String, found: [Int])
  /// The catalogue has no such device, model or link.
  case notInCatalogue(what: String, asked: String, known: [String])

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "The cost profile \(path) cannot be used because \(reason); give one that `hi measure` has "
        + "written."
    case .unwritable(let path, let reason):
      "The cost profile \(path) cannot be written (\(reason)); name a file in a folder that exists."
    case .exitCount(let profile, let found, let expected):
      "The cost profile '\(profile)' prices \(found) exits and the local model has \(expected); "
        + "measure this model with `hi measure` or give its profile."
    case .notACost(let profile, let found):
      "The cost profile '\(profile)' holds \(found), and a latency or an energy is a number from 0 "
        + "up; correct the profile."
    case .notCumulative(let profile):
      "The cost profile '\(profile)' has a later exit that is cheaper than an earlier one; give "
        + "costs from the input to each exit."
    case .multiplyAccumulates(let model, let found):
      "The multiply-accumulates of '\(model)' must grow from exit to exit and are \(found); record "
        + "the trace from a bundle whose manifest carries them."
    case .notInCatalogue(let what, let asked, let known):
      "The catalogue has no \(what) '\(asked)'; "
        + (known.isEmpty
          ? "it has none there, so give a profile's JSON file."
          : "it has \(known.joined(separator: ", ")).")
    }
  }
}
