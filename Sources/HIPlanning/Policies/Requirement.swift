/// A QoS requirement: what a policy must keep to (section 3.3).
public struct Requirement: Codable, Sendable, Equatable {
  /// At least this share of right answers, 0 to 1.
  public var minimumAccuracy: Double?
  /// At most this latency per inference, in ms.
  public var maximumLatencyMs: Double?
  /// At most this energy per inference, in mJ.
  public var maximumEnergyMj: Double?
  /// At most this share of samples offloaded, 0 to 1.
  public var maximumOffloadFraction: Double?

  /// Makes a requirement; what is left out is not required.
  public init(
    minimumAccuracy: Double? = nil, maximumLatencyMs: Double? = nil,
    maximumEnergyMj: Double? = nil, maximumOffloadFraction: Double? = nil
  ) {
    self.minimumAccuracy = minimumAccuracy
    self.maximumLatencyMs = maximumLatencyMs
    self.maximumEnergyMj = maximumEnergyMj
    self.maximumOffloadFraction = maximumOffloadFraction
  }

  /// Refuses figures that can be nobody's requirement.
  ///
  /// - Throws: ``RequirementError``.
  public func check() throws(RequirementError) {
    for (name, share) in [
      ("accuracy", minimumAccuracy), ("offload fraction", maximumOffloadFraction),
    ] {
      if let share, !(share >= 0 && share <= 1) { throw .notAShare(what: name, found: share) }
    }
    for (name, cost) in [("latency", maximumLatencyMs), ("energy", maximumEnergyMj)] {
      if let cost, !(cost >= 0 && cost.isFinite) { throw .notACost(what: name, found: cost) }
    }
  }
}

/// What is made as small, or as large, as the requirement allows.
public enum Objective: String, Codable, Sendable, CaseIterable {
  /// Least latency per inference.
  case latency
  /// Least energy per inference.
  case energy
  /// Fewest samples offloaded.
  case offloadFraction = "offload-fraction"
  /// Most right answers.
  case accuracy
}

/// A requirement that nobody can mean.
public enum RequirementError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An accuracy or an offload fraction outside 0 to 1.
  case notAShare(what: String, found: Double)
  /// A latency or an energy that is negative, NaN or infinite.
  case notACost(what: String, found: Double)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .notAShare(let what, let found):
      "The required \(what) is a share from 0 to 1 and is \(found); give 0.9 for 90%."
    case .notACost(let what, let found):
      "The required \(what) is a number from 0 up and is \(found); give milliseconds or millijoules."
    }
  }
}
