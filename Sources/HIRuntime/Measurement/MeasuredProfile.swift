public import HIData
internal import HIModels
public import HIPlanning

extension OnDeviceModel {
  /// Measures what a local inference to each exit takes on this machine.
  ///
  /// - Parameters:
  ///   - dataset: samples of the model's input.
  ///   - indices: which of them are run; at least one.
  ///   - offloads: measured times of offloads, from the request to its answer; at least one.
  ///   - link: what the offloads went over.
  /// - Returns: mean latencies; without a meter there are no energies.
  public nonisolated func measuredProfile(
    on dataset: Dataset, indices: [Int], offloads: [Duration], link: String
  ) async throws -> CostProfile {
    precondition(!indices.isEmpty && !offloads.isEmpty, "a mean needs at least one value")
    var totals = [Duration](repeating: .zero, count: exitCount)
    for index in indices {
      for (exit, duration) in try await exitDurations(for: dataset.sample(at: index)).enumerated() {
        totals[exit] += duration
      }
    }
    func mean(_ total: Duration, of count: Int) -> Cost {
      Cost(latencyMs: total / .milliseconds(1) / Double(count), energyMj: 0)
    }
    return CostProfile(
      device: "this machine", link: link, model: bundle.manifest.name,
      exits: totals.map { mean($0, of: indices.count) },
      offload: mean(offloads.reduce(.zero, +), of: offloads.count),
      latencySource: .measured, energySource: nil)
  }
}
