// How long the threshold search takes, beside the paper's brute force in NumPy on the same table.
//
//     search-bench [PYTHON]
//
// Without a Python that has NumPy the ratio is left out and the absolute bounds are still held.

import Foundation
import HIData
import HIPlanning
import HITrace
import HierarchicalInference

/// Samples whose exits are surer and righter the easier they are; the remote model is right on 97%.
func population(_ samples: Int, exits: Int) throws -> JoinedTrace {
  var generator = SeededGenerator(seed: 3)
  func observation(_ right: Bool, _ confidence: Float) -> Observation {
    Observation(
      prediction: right ? 0 : 1, confidence: confidence, runnerUp: (1 - confidence) / 2,
      entropy: 1 - confidence, logSumExp: confidence)
  }
  var observations: [Observation] = []
  var remote: [Observation] = []
  for _ in 0..<samples {
    let hardness = Double.random(in: 0..<1, using: &generator)
    for exit in 1...exits {
      let likely = 1 - 0.75 * hardness * hardness * (1.6 - 0.6 * Double(exit) / Double(exits))
      let noise = Double.random(in: -0.12...0.12, using: &generator)
      observations.append(
        observation(
          Double.random(in: 0..<1, using: &generator) < likely,
          Float(min(0.9999, max(0.11, likely + noise)))))
    }
    remote.append(observation(Double.random(in: 0..<1, using: &generator) < 0.97, 0.9))
  }
  func trace(_ name: String, _ exits: Int, _ observations: [Observation]) throws -> Trace {
    try Trace(
      metadata: TraceMetadata(
        modelName: name, modelDigest: "", precision: "", preprocessing: "", dataset: "made-up",
        split: "calibration", classes: ["right", "wrong"], exitCount: exits,
        createdBy: "search-bench"),
      labels: Array(repeating: 0, count: samples), sampleIndices: Array(0..<samples),
      observations: observations)
  }
  return try JoinedTrace(
    local: trace("local", exits, observations), remote: trace("remote", 1, remote))
}

struct Measured {
  let seconds: Double
  let cost: Double
}

/// The median of a few searches for least latency at an accuracy, on one thread.
func search(
  _ trace: JoinedTrace, _ template: SearchTemplate, _ profile: CostProfile, accuracy: Double,
  rounds: Int
) throws -> Measured {
  var seconds: [Double] = []
  var cost = Double.infinity
  for _ in 0..<rounds {
    let start = ContinuousClock.now
    let result = try ThresholdSearch(
      .latency, subjectTo: Requirement(minimumAccuracy: accuracy)
    ).best(template, on: trace, profile: profile)
    seconds.append((.now - start) / .seconds(1))
    if case .found(let candidate) = result { cost = candidate.evaluation.lpiMs ?? .infinity }
  }
  return Measured(seconds: seconds.sorted()[rounds / 2], cost: cost)
}

/// The same search by brute force in NumPy over the whole grid at steps of 0.01.
func bruteForce(
  python: String, _ trace: JoinedTrace, _ profile: CostProfile, accuracy: Double
) throws -> Measured? {
  let exits = trace.exitCount
  var table: [Float] = []
  for sample in 0..<trace.count {
    for exit in 0..<exits {
      table.append(trace.local.observations[sample * exits + exit].confidence)
      table.append(trace.local.isCorrect(sample: sample, exit: exit) ? 1 : 0)
    }
    table.append(trace.isRemoteCorrect(sample) ? 1 : 0)
  }
  let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).f32")
  try table.withUnsafeBytes { try Data($0).write(to: file) }
  defer { try? FileManager.default.removeItem(at: file) }
  let process = Process()
  process.executableURL = URL(filePath: python)
  process.arguments = [
    "peers/numpy_brute_force.py", file.path, "\(trace.count)", "\(exits - 1)", "100", "101",
  ]
  let input = Pipe()
  let output = Pipe()
  process.standardInput = input
  process.standardOutput = output
  try process.run()
  let figures = profile.exits.map(\.latencyMs) + [profile.offload.latencyMs, accuracy]
  input.fileHandleForWriting.write(
    Data(figures.map { "\($0)" }.joined(separator: " ").utf8))
  try input.fileHandleForWriting.close()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  let words = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    .compactMap { Double($0) }
  guard process.terminationStatus == 0, words.count == 3 else { return nil }
  return Measured(seconds: words[0], cost: words[2])
}

func profile(_ latencies: [Double]) -> CostProfile {
  CostProfile(
    device: "made-up", link: "made-up", model: "made-up",
    exits: latencies.map { Cost(latencyMs: $0, energyMj: 0) },
    offload: Cost(latencyMs: 10, energyMj: 0), energySource: nil)
}

func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

var failed = false
@MainActor func say(_ what: String, _ holds: Bool) {
  failed = failed || !holds
  print("  \(what): \(holds ? "holds" : "MISSED")")
}

let accuracy = 0.9
let decision = AnyDecisionModule.confidence(ConfidenceThreshold(threshold: 0))
let staged = try population(10_000, exits: 3)
let costs = profile([1, 2, 3])
let early = SearchTemplate.confidences(2)
print("search: two exits and the decision, 10,000 samples, least latency at \(accuracy) accuracy")
let hierarchical = try search(
  staged, .earlyExitHierarchical(early: early, decision: decision), costs, accuracy: accuracy,
  rounds: 5)
say("ee-hi, median \(rounded(hierarchical.seconds)) s (bound 1 s)", hierarchical.seconds < 1)
let joint = try search(
  staged, .joint(early: early, decision: decision), costs, accuracy: accuracy, rounds: 5)
say("joint, median \(rounded(joint.seconds)) s (bound 1 s)", joint.seconds < 1)
if CommandLine.arguments.count > 1 {
  let python = CommandLine.arguments[1]
  if let brute = try bruteForce(python: python, staged, costs, accuracy: accuracy) {
    let ratio = brute.seconds / hierarchical.seconds
    say(
      "NumPy brute force of ee-hi at 0.01: \(rounded(brute.seconds)) s, "
        + "\(Int(ratio)) times as long (bound 100)", ratio >= 100)
    say(
      "cost found: \(rounded(hierarchical.cost)) ms, by the brute force "
        + "\(rounded(brute.cost)) ms", hierarchical.cost <= brute.cost + 1e-9)
  } else {
    say("the peer in NumPy did not run", false)
  }
} else {
  print("  no Python was given, so the ratio to NumPy's brute force is left out")
}
let single = try population(1_000_000, exits: 1)
print("search: one exit, 1,000,000 samples")
let large = try search(
  single, .hierarchical(decision, exitCount: 1), profile([1]), accuracy: accuracy, rounds: 3)
say("hi, median \(rounded(large.seconds)) s (bound 1 s)", large.seconds < 1)
if failed { print("search: a bound was missed") }
exit(failed ? 1 : 0)
