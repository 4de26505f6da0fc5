public import HierarchicalInference

/// What every exit of one model answered for each sample of a data set, once: every later question is
/// answered from it without running the model again.
///
///     let trace = try Trace(
///       metadata: metadata, labels: labels, sampleIndices: Array(labels.indices),
///       observations: observations)
///     let right = (0..<trace.count).count { trace.isCorrect(sample: $0, exit: 0) }
///
/// Exits are counted from 0 here, the last one is `exitCount - 1`. The trace of a remote model is the
/// trace of a model with one exit.
public struct Trace: Sendable {
  /// What the trace was recorded from.
  public let metadata: TraceMetadata
  /// The true class of every sample, each an index into `metadata.classes`.
  public let labels: [Int]
  /// Where every sample stands in its split; no two are equal.
  public let sampleIndices: [Int]
  /// What the exits said, row-major `count x exitCount`.
  public let observations: [Observation]
  /// The logits that they said it with, row-major `count x exitCount x classes`; empty where only the
  /// observations were kept.
  public let logits: [Float]

  /// Makes a trace of checked parts.
  ///
  /// - Throws: ``TraceError`` where the parts do not fit each other: counts, labels or predictions out
  ///   of range, a sample that stands in the trace twice.
  public init(
    metadata: TraceMetadata, labels: [Int], sampleIndices: [Int], observations: [Observation],
    logits: [Float] = []
  ) throws(TraceError) {
    try Self.check(
      metadata: metadata, labels: labels, sampleIndices: sampleIndices,
      observations: observations, logits: logits)
    self.metadata = metadata
    self.labels = labels
    self.sampleIndices = sampleIndices
    self.observations = observations
    self.logits = logits
  }

  /// Makes a trace of rows of a trace, which are known to fit.
  private init(
    checked metadata: TraceMetadata, labels: [Int], sampleIndices: [Int],
    observations: [Observation], logits: [Float]
  ) {
    self.metadata = metadata
    self.labels = labels
    self.sampleIndices = sampleIndices
    self.observations = observations
    self.logits = logits
  }

  /// How many samples there are.
  public var count: Int { labels.count }

  /// How many exits answered each sample.
  public var exitCount: Int { metadata.exitCount }

  /// Whether the logits were kept, so that temperatures can be fitted.
  public var hasLogits: Bool { !logits.isEmpty }

  /// What all exits said about a sample, first exit first.
  public func answers(_ sample: Int) -> ArraySlice<Observation> {
    observations[sample * exitCount..<(sample + 1) * exitCount]
  }

  /// The class that an exit gave a sample.
  public func prediction(sample: Int, exit: Int) -> Int {
    observations[sample * exitCount + exit].prediction
  }

  /// Whether an exit was right. An exit that gave no numbers (NaN) is never right.
  public func isCorrect(sample: Int, exit: Int) -> Bool {
    let observation = observations[sample * exitCount + exit]
    return observation.isValid && observation.prediction == labels[sample]
  }

  /// The share of samples on which an exit was right, 0 to 1; NaN for an empty trace.
  public func accuracy(exit: Int) -> Double {
    Double((0..<count).count { isCorrect(sample: $0, exit: exit) }) / Double(count)
  }

  /// The samples at the given rows, in the given order.
  ///
  /// - Precondition: each row is in `0..<count`, and none is given twice.
  /// - Complexity: O(rows x exits x classes).
  public func rows(_ rows: [Int]) -> Trace {
    let width = exitCount * metadata.classes.count
    return Trace(
      checked: metadata,
      labels: rows.map { labels[$0] },
      sampleIndices: rows.map { sampleIndices[$0] },
      observations: rows.flatMap { observations[$0 * exitCount..<($0 + 1) * exitCount] },
      logits: hasLogits ? rows.flatMap { logits[$0 * width..<($0 + 1) * width] } : [])
  }

  /// What the first exits alone said.
  ///
  /// - Precondition: `count` is in `1...exitCount`.
  /// - Complexity: O(samples x exits x classes).
  public func firstExits(_ count: Int) -> Trace {
    precondition((1...exitCount).contains(count), "a trace has 1 to \(exitCount) exits to keep")
    guard count < exitCount else { return self }
    let width = exitCount
    let classes = metadata.classes.count
    var metadata = metadata
    metadata.exitCount = count
    metadata.multiplyAccumulates = Array(metadata.multiplyAccumulates.prefix(count))
    metadata.secondLook = nil
    return Trace(
      checked: metadata, labels: labels, sampleIndices: sampleIndices,
      observations: labels.indices.flatMap { observations[$0 * width..<$0 * width + count] },
      logits: hasLogits
        ? labels.indices.flatMap {
          logits[$0 * width * classes..<($0 * width + count) * classes]
        } : [])
  }

  /// The same trace observed at other temperatures: every exit's logits are divided by its
  /// temperature before the softmax (temperature scaling, Guo et al., 2017).
  ///
  /// - Parameter temperatures: one positive value an exit.
  /// - Throws: ``TraceError/noLogits(model:)`` where only the observations were kept.
  public func observed(temperatures: [Float]) throws(TraceError) -> Trace {
    guard hasLogits else { throw .noLogits(model: metadata.modelName) }
    precondition(temperatures.count == exitCount, "one temperature an exit")
    let classes = metadata.classes.count
    let all = logits.span
    var scaled: [Observation] = []
    scaled.reserveCapacity(observations.count)
    for position in observations.indices {
      scaled.append(
        Observation(
          logits: all.extracting(position * classes..<(position + 1) * classes),
          temperature: temperatures[position % exitCount]))
    }
    return Trace(
      checked: metadata, labels: labels, sampleIndices: sampleIndices, observations: scaled,
      logits: logits)
  }
}
