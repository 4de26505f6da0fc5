public import HITrace
public import HierarchicalInference

/// Accuracy against offload fraction for every threshold of one decision score, with the best and the
/// blindest choice of samples beside it.
///
/// Samples are offloaded in the order of their scores, lowest first; samples of equal score go
/// together, because no threshold can part them.
public struct DecisionCurve: Sendable {
  /// What one threshold gives.
  public struct Point: Codable, Sendable, Equatable {
    /// Share of samples that are offloaded.
    public let offloadFraction: Double
    /// Share of samples that are answered right.
    public let accuracy: Double
  }

  /// From nothing offloaded to everything, ascending in the offload fraction. Where scores are NaN,
  /// which no threshold accepts, the curve starts with them offloaded.
  public let points: [Point]
  /// How many samples.
  public let samples: Int
  /// How many the local model answers right.
  public let localCorrect: Int
  /// How many the remote model answers right.
  public let remoteCorrect: Int
  /// How many only the remote model answers right: all that can be gained.
  public let gainable: Int

  /// Makes the curve of scores.
  ///
  /// - Parameters:
  ///   - scores: higher is surer that the local answer is to be kept.
  ///   - localRight: whether the local answer is right, one a score.
  ///   - remoteRight: whether the remote answer is right, one a score.
  /// - Precondition: at least one score.
  /// - Complexity: O(n).
  public init(scores: [Float], localRight: [Bool], remoteRight: [Bool]) {
    precondition(!scores.isEmpty, "a curve needs samples")
    precondition(scores.count == localRight.count && scores.count == remoteRight.count)
    let count = Double(scores.count)
    samples = scores.count
    localCorrect = localRight.count { $0 }
    remoteCorrect = remoteRight.count { $0 }
    gainable = zip(localRight, remoteRight).count { !$0 && $1 }
    var correct = localCorrect
    var offloaded = 0
    var points: [Point] = []
    if !scores.contains(where: \.isNaN) {
      points.append(Point(offloadFraction: 0, accuracy: Double(correct) / count))
    }
    for group in TieGroups(scores: scores) {
      for sample in group.lazy.map(Int.init) {
        correct += (remoteRight[sample] ? 1 : 0) - (localRight[sample] ? 1 : 0)
      }
      offloaded += group.count
      points.append(
        Point(offloadFraction: Double(offloaded) / count, accuracy: Double(correct) / count))
    }
    self.points = points
  }

  /// The curve of a decision module at the last exit of a trace.
  public init(_ module: AnyDecisionModule, on trace: JoinedTrace) {
    let width = trace.exitCount
    let observations = trace.local.observations.span
    self.init(
      scores: (0..<trace.count).map {
        module.score(observations.extracting($0 * width..<($0 + 1) * width))
      },
      localRight: (0..<trace.count).map { trace.local.isCorrect(sample: $0, exit: width - 1) },
      remoteRight: (0..<trace.count).map { trace.isRemoteCorrect($0) })
  }

  /// Accuracy without offloading.
  public var localAccuracy: Double { Double(localCorrect) / Double(samples) }
  /// Accuracy when everything is offloaded.
  public var remoteAccuracy: Double { Double(remoteCorrect) / Double(samples) }

  /// The least share of samples that this score has to offload to reach an accuracy; nil where no
  /// threshold reaches it.
  public func offloadFraction(reaching accuracy: Double) -> Double? {
    points.first { $0.accuracy >= accuracy - 1e-12 }?.offloadFraction
  }

  /// The same for an oracle that offloads only samples which the remote model alone answers right.
  public func oracleOffloadFraction(reaching accuracy: Double) -> Double? {
    let needed = max(0, (accuracy * Double(samples) - 1e-9).rounded(.up) - Double(localCorrect))
    return needed <= Double(gainable) ? needed / Double(samples) : nil
  }

  /// The same for offloading samples at random, in expectation.
  public func randomOffloadFraction(reaching accuracy: Double) -> Double? {
    if accuracy <= localAccuracy { return 0 }
    guard accuracy <= remoteAccuracy else { return nil }
    return (accuracy - localAccuracy) / (remoteAccuracy - localAccuracy)
  }

  /// The oracle's accuracy at an offload fraction.
  public func oracleAccuracy(offloadFraction: Double) -> Double {
    let offloaded = offloadFraction * Double(samples)
    let free = Double(samples - harmful)
    let gained = min(offloaded, Double(gainable))
    return (Double(localCorrect) + gained - max(0, offloaded - free)) / Double(samples)
  }

  /// The accuracy of random offloading, in expectation.
  public func randomAccuracy(offloadFraction: Double) -> Double {
    localAccuracy + offloadFraction * (remoteAccuracy - localAccuracy)
  }

  /// How many samples only the local model answers right.
  private var harmful: Int { localCorrect - (remoteCorrect - gainable) }
}
