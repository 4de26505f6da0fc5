import HITrace
import HierarchicalInference

/// An answer with a confidence and nothing else of interest.
func answer(_ prediction: Int, _ confidence: Float) -> Observation {
  Observation(
    prediction: prediction, confidence: confidence, runnerUp: (1 - confidence) / 2,
    entropy: 1 - confidence, logSumExp: 10 * confidence)
}

/// The metadata of a made-up model.
func metadata(
  _ model: String, exits: Int = 1, dataset: String = "made-up", split: String = "calibration",
  classes: Int = 10, digest: String? = nil, precision: String = "fp32"
) -> TraceMetadata {
  TraceMetadata(
    modelName: model, modelDigest: digest ?? "sha256:\(model)", precision: precision,
    preprocessing: "scale 1/255", dataset: dataset, split: split,
    classes: (0..<classes).map { "class \($0)" }, exitCount: exits,
    multiplyAccumulates: (1...exits).map { $0 * 1000 }, createdBy: "test")
}

/// A trace of given local answers (one row a sample) and remote predictions; all labels are 0.
func joined(_ rows: [[Observation]], remoteRight: [Bool]) throws -> JoinedTrace {
  let labels = [Int](repeating: 0, count: rows.count)
  let indices = Array(rows.indices)
  return try JoinedTrace(
    local: Trace(
      metadata: metadata("small", exits: rows[0].count), labels: labels, sampleIndices: indices,
      observations: rows.flatMap { $0 }),
    remote: Trace(
      metadata: metadata("large"), labels: labels, sampleIndices: indices,
      observations: remoteRight.map { answer($0 ? 0 : 1, 0.9) }))
}

/// A population in which harder samples have lower confidences, later exits are better and the remote
/// model is right with a fixed probability.
///
/// Each sample has a difficulty `u` uniform in 0 to 1. Exit `k` of `K` is right with probability
/// `1 - 0.75 u^2 (1.6 - 0.6 k / K)`, clipped, and its confidence is a noisy image of that probability.
func population(
  _ samples: Int, exits: Int, remoteAccuracy: Double = 0.97, seed: UInt64 = 1
) throws -> JoinedTrace {
  var random = SplitMix(state: seed)
  var rows: [[Observation]] = []
  var remote: [Bool] = []
  for _ in 0..<samples {
    let u = random.uniform()
    rows.append(
      (1...exits).map { exit in
        let right = max(
          0.05, 1 - 0.75 * u * u * (1.6 - 0.6 * Double(exit) / Double(exits)))
        let confidence = min(0.9999, max(0.11, right + 0.25 * (random.uniform() - 0.5)))
        return answer(random.uniform() < right ? 0 : 1 + Int(random.next() % 9), Float(confidence))
      })
    remote.append(random.uniform() < remoteAccuracy)
  }
  return try joined(rows, remoteRight: remote)
}

/// The same answers, the last exit called a second look.
func lookingTwice(_ trace: JoinedTrace) throws -> JoinedTrace {
  var metadata = trace.local.metadata
  metadata.secondLook = true
  return try JoinedTrace(
    local: Trace(
      metadata: metadata, labels: trace.labels, sampleIndices: trace.local.sampleIndices,
      observations: trace.local.observations), remote: trace.remote)
}

/// The SplitMix64 generator, so that populations are the same everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
