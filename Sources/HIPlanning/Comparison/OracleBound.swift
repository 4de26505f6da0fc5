public import HITrace

/// The least cost of an accuracy if it were known beforehand which exit and which model is right: a
/// bound that no policy of the same models can beat.
///
/// Every sample runs the first exit. A right answer costs what the cheapest way to it adds: to go on to
/// the first exit that is right, or an offload after the first exit where the remote model is. The
/// required number of right answers is bought cheapest first; every other sample ends wrong at the first
/// exit.
public struct OracleBound: Sendable, Equatable {
  /// Least LPI in ms; nil where not even all right answers together reach the accuracy.
  public let lpiMs: Double?
  /// Least EPI in mJ, of a purchase of its own; nil likewise.
  public let epiMj: Double?

  /// The bound for an accuracy.
  ///
  /// - Complexity: O(n log n).
  public init(accuracy: Double, on trace: JoinedTrace, profile: CostProfile) {
    let needed = Int((accuracy * Double(trace.count) - 1e-9).rounded(.up))
    func least(_ part: (Cost) -> Double) -> Double? {
      var added: [Double] = []
      for sample in 0..<trace.count {
        var cheapest = Double.infinity
        for exit in 0..<trace.exitCount where trace.local.isCorrect(sample: sample, exit: exit) {
          cheapest = part(profile.exits[exit]) - part(profile.exits[0])
          break
        }
        if trace.isRemoteCorrect(sample) { cheapest = min(cheapest, part(profile.offload)) }
        if cheapest.isFinite { added.append(cheapest) }
      }
      guard added.count >= needed else { return nil }
      return part(profile.exits[0])
        + added.sorted().prefix(max(needed, 0)).reduce(0, +) / Double(trace.count)
    }
    lpiMs = least(\.latencyMs)
    epiMj = profile.energySource == nil ? nil : least(\.energyMj)
  }
}
