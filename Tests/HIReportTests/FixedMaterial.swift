import HIData
import HIPlanning
import HITrace
import HierarchicalInference

@testable import HIReport

/// Twenty samples of two exits whose every figure can be counted by hand, and what a report makes of
/// them.
///
/// Sample `i` has the label `i % 2`. The last exit is right but for samples 0 to 4, the first exit but
/// for samples 0 to 7, the remote model but for sample 0. Confidences rise with `i`, from 0.505 by 0.025.
enum FixedMaterial {
  static let count = 20
  static let classes = ["</script><b>", "cat & \"dog\""]

  static func observation(_ prediction: Int, _ confidence: Float) -> Observation {
    Observation(
      prediction: prediction, confidence: confidence, runnerUp: 1 - confidence,
      entropy: 1 - confidence, logSumExp: 10 * confidence)
  }

  static func confidence(_ sample: Int) -> Float { 0.505 + 0.025 * Float(sample) }

  static func trace() throws -> JoinedTrace {
    let labels = (0..<count).map { $0 % 2 }
    func metadata(_ name: String, exits: Int) -> TraceMetadata {
      TraceMetadata(
        modelName: name, modelDigest: "sha256:\(name)", precision: "fp32", preprocessing: "none",
        dataset: "made-up", split: "test", classes: classes, exitCount: exits,
        multiplyAccumulates: (1...exits).map { $0 * 1000 }, createdBy: "test")
    }
    func answer(_ sample: Int, wrongBelow: Int) -> Observation {
      let label = labels[sample]
      return observation(sample < wrongBelow ? 1 - label : label, confidence(sample))
    }
    return try JoinedTrace(
      local: Trace(
        metadata: metadata("small", exits: 2), labels: labels, sampleIndices: Array(0..<count),
        observations: (0..<count).flatMap {
          [answer($0, wrongBelow: 8), answer($0, wrongBelow: 5)]
        }),
      remote: Trace(
        metadata: metadata("large", exits: 1), labels: labels, sampleIndices: Array(0..<count),
        observations: (0..<count).map { answer($0, wrongBelow: 1) }))
  }

  /// One inference to the first exit costs 1 ms, to the last 2 ms, an offload 10 ms; energies threefold.
  static let profile = CostProfile(
    device: "a device", link: "a link", model: "small",
    exits: [Cost(latencyMs: 1, energyMj: 3), Cost(latencyMs: 2, energyMj: 6)],
    offload: Cost(latencyMs: 10, energyMj: 30))

  /// Accepts from sample 10 on.
  static let decision = AnyDecisionModule.confidence(ConfidenceThreshold(threshold: 0.75))

  static func material() throws -> ReportMaterial {
    let trace = try trace()
    var material = ReportMaterial(
      title: "A report of \(classes[0])", provenance: Provenance(command: ["hi", "a report"]))
    material.provenance.add(trace)
    material.provenance.add(profile)
    let policies: [(Strategy, Policy)] = [
      (.onDevice, .onDevice(exitCount: 2)), (.remote, .remoteOnly),
      (.hi, .hierarchical(decision, exitCount: 2)),
      (.ee, .earlyExits([.confidence(ConfidenceThreshold(threshold: 0.9))], then: .acceptAll)),
      (.eeHi, .earlyExits([.confidence(ConfidenceThreshold(threshold: 0.9))], then: decision)),
    ]
    material.candidates = try policies.map {
      try Candidate($0.0, $0.1, on: trace, profile: profile)
    }
    material.requirement = Requirement(minimumAccuracy: 0.9)
    material.dataset = Dataset(
      name: "made-up", split: "test", classes: classes, elementType: .uint8, shape: [1, 2, 2],
      labels: trace.labels, storage: (0..<4 * count).map { UInt8($0) })
    material.catalogue = try DeviceCatalogue.paper()
    return material
  }
}
