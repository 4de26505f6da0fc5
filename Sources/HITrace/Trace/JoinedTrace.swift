/// A local and a remote model's answers to the same samples, row by row.
///
/// The two are aligned on their place in the split, so that one may have been recorded on more samples
/// than the other: what both hold is kept, in the local trace's order.
public struct JoinedTrace: Sendable {
  /// The local model's trace.
  public let local: Trace
  /// The remote model's trace; row i is the same sample as the local trace's row i.
  public let remote: Trace

  /// Joins two traces.
  ///
  /// - Throws: ``TraceError`` where data set, split, label set or labels differ, naming both, where
  ///   the remote trace has several exits, and where there is no common sample.
  /// - Complexity: O(samples).
  public init(local: Trace, remote: Trace) throws(TraceError) {
    let a = local.metadata
    let b = remote.metadata
    guard remote.exitCount == 1 else {
      throw .remoteHasExits(model: b.modelName, exits: remote.exitCount)
    }
    guard a.dataset == b.dataset else {
      throw .different(what: "data set", local: "'\(a.dataset)'", remote: "'\(b.dataset)'")
    }
    guard a.split == b.split else {
      throw .different(what: "split", local: "'\(a.split)'", remote: "'\(b.split)'")
    }
    guard a.classes == b.classes else {
      throw .different(
        what: "label set", local: Self.name(a.classes), remote: Self.name(b.classes))
    }
    let (localRows, remoteRows) = Self.common(local.sampleIndices, remote.sampleIndices)
    guard !localRows.isEmpty else {
      throw .nothingInCommon(local: a.modelName, remote: b.modelName)
    }
    for (left, right) in zip(localRows, remoteRows) where local.labels[left] != remote.labels[right]
    {
      throw .differentLabels(
        local: a.modelName, remote: b.modelName, index: local.sampleIndices[left],
        localLabel: local.labels[left], remoteLabel: remote.labels[right])
    }
    self.local = localRows == Array(0..<local.count) ? local : local.rows(localRows)
    self.remote = remoteRows == Array(0..<remote.count) ? remote : remote.rows(remoteRows)
  }

  private init(aligned local: Trace, _ remote: Trace) {
    self.local = local
    self.remote = remote
  }

  /// How many samples both traces hold.
  public var count: Int { local.count }

  /// The true class of every sample.
  public var labels: [Int] { local.labels }

  /// How many exits the local model has.
  public var exitCount: Int { local.exitCount }

  /// Whether the remote model is right about a sample.
  public func isRemoteCorrect(_ sample: Int) -> Bool { remote.isCorrect(sample: sample, exit: 0) }

  /// The samples at the given rows of both traces.
  public func rows(_ rows: [Int]) -> JoinedTrace {
    JoinedTrace(aligned: local.rows(rows), remote.rows(rows))
  }

  /// The same samples with the local model's first exits alone.
  ///
  /// - Precondition: `count` is in `1...exitCount`.
  public func firstExits(_ count: Int) -> JoinedTrace {
    JoinedTrace(aligned: local.firstExits(count), remote)
  }

  /// The same traces with the local exits observed at other temperatures.
  public func observed(temperatures: [Float]) throws(TraceError) -> JoinedTrace {
    JoinedTrace(aligned: try local.observed(temperatures: temperatures), remote)
  }

  /// The rows of each list whose values stand in both, in the first list's order.
  private static func common(_ first: [Int], _ second: [Int]) -> ([Int], [Int]) {
    if first == second { return (Array(first.indices), Array(second.indices)) }
    var rows = [Int: Int](minimumCapacity: second.count)
    for (row, index) in second.enumerated() { rows[index] = row }
    var left: [Int] = []
    var right: [Int] = []
    for (row, index) in first.enumerated() {
      guard let other = rows[index] else { continue }
      left.append(row)
      right.append(other)
    }
    return (left, right)
  }

  /// A label set short enough for a sentence.
  private static func name(_ classes: [String]) -> String {
    let shown = classes.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    return "\(classes.count) classes (\(shown)\(classes.count > 3 ? ", …" : ""))"
  }
}
