import ArgumentParser
import HIPlanning

/// A QoS requirement on the command line.
struct RequirementOptions: ParsableArguments {
  @Option(help: "At least this accuracy, 0 to 1.")
  var minAccuracy: Double?

  @Option(help: "At most this latency per inference, in ms.")
  var maxLatency: Double?

  @Option(help: "At most this energy per inference, in mJ.")
  var maxEnergy: Double?

  @Option(help: "At most this share of samples offloaded, 0 to 1.")
  var maxOffload: Double?

  var requirement: Requirement {
    Requirement(
      minimumAccuracy: minAccuracy, maximumLatencyMs: maxLatency, maximumEnergyMj: maxEnergy,
      maximumOffloadFraction: maxOffload)
  }

  var isEmpty: Bool { requirement == Requirement() }

  func validate() throws {
    do { try requirement.check() } catch { throw ValidationError(error.description) }
  }
}
