import Foundation
import HIPlanning
import HITrace

/// Where costs come from: a profile's JSON file, or `DEVICE/MODEL` of the built-in catalogue.
enum ProfileSource {
  static let help =
    "What inferences and offloads cost: a profile's JSON file, or DEVICE/MODEL of the catalogue, for "
    + "example raspberry-pi-4b/resnet-8."

  /// Reads the profile for a local model's trace; the costs of early exits are shares of the catalogue's
  /// whole model by multiply-accumulates.
  static func profile(_ text: String, for trace: Trace) throws -> CostProfile {
    if FileManager.default.fileExists(atPath: text) || !text.contains("/")
      || text.hasSuffix(".json")
    {
      return try CostProfile(path: text)
    }
    let parts = text.split(separator: "/").map(String.init)
    guard parts.count == 2 || parts.count == 3 else {
      throw CommandFailure(
        "The profile '\(text)' is neither a file nor DEVICE/MODEL or DEVICE/MODEL/PRECISION; "
          + "`hi paper` lists the catalogue's devices.")
    }
    let macs = trace.metadata.multiplyAccumulates
    return try DeviceCatalogue.paper().profile(
      device: parts[0], model: parts[1],
      dataset: trace.metadata.dataset.replacing("-jpeg75", with: ""),
      precision: parts.count == 3 ? parts[2] : "int8",
      multiplyAccumulates: trace.exitCount > 1 ? macs : nil, stages: trace.metadata.stageCount)
  }
}
