// What a local inference costs: a sample's bytes to the last exit's logits through StagedModel, beside
// the same files in ONNX Runtime's Python API with one intra-op thread. Ours normalises the sample as
// well; the peer is given a finished tensor.
//
//     swift run -c release model-bench [BUNDLE…]

import Foundation
import HIData
import HIModels

let bound = 1.05
let rounds = 60
let inferencesARound = 200

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func stop(_ reason: String) -> Never {
  FileHandle.standardError.write(Data("model-bench: \(reason)\n".utf8))
  exit(1)
}

/// The repository's root: the first folder from here upwards that has the peer.
func findRoot() -> String? {
  var folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
  while folder.path != "/" {
    let script = folder.appendingPathComponent("Benchmarks/peers/onnxruntime_latency.py")
    if FileManager.default.fileExists(atPath: script.path) { return folder.path }
    folder.deleteLastPathComponent()
  }
  return nil
}

/// Times some inferences, in nanoseconds each.
func run(_ model: StagedModel, _ samples: [Sample], _ count: Int) throws -> [Double] {
  let clock = ContinuousClock()
  var times: [Double] = []
  times.reserveCapacity(count)
  var total: Float = 0
  for index in 0..<count {
    let start = clock.now
    try model.run(samples[index % samples.count]) { _, logits in
      total += logits[0]
      return true
    }
    times.append((clock.now - start) / .nanoseconds(1))
  }
  // A use of every answer, so that none is computed for nothing.
  guard total.isFinite else { stop("the model gave a value that is not finite") }
  return times
}

/// Whether a bundle's ratio holds the bound.
func compare(_ path: String, root: String, python: String, library: RuntimeLibrary) throws -> Bool {
  let bundle = try ModelBundle(at: path)
  let model = try StagedModel(bundle: bundle, library: library)
  let input = bundle.manifest.input
  var generator = SeededGenerator(seed: 1)
  let samples = (0..<64).compactMap { _ in
    Sample(
      elementType: input.elementType, shape: input.shape,
      bytes: (0..<input.shape.reduce(input.elementType.size, *)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      })
  }
  let peer = try PythonPeer(
    python: python, script: root + "/Benchmarks/peers/onnxruntime_latency.py", bundle: path)
  defer { peer.stop() }

  _ = try run(model, samples, inferencesARound)
  _ = try peer.run(inferencesARound)
  var ours: [Double] = []
  var theirs: [Double] = []
  for round in 0..<rounds {
    // Taking turns, and turns at beginning, so that a change of the machine's pace meets both.
    if round.isMultiple(of: 2) { ours += try run(model, samples, inferencesARound) }
    theirs += try peer.run(inferencesARound)
    if !round.isMultiple(of: 2) { ours += try run(model, samples, inferencesARound) }
  }
  guard theirs.count == ours.count else {
    stop("the Python peer ended early: run scripts/setup-bench, then run this again")
  }
  let (mine, other) = (median(ours), median(theirs))
  print(
    String(
      format: "  %@: median %.1f us, Python %.1f us, ratio %.3f (bound %.2f) %@",
      bundle.manifest.name, mine / 1_000, other / 1_000, mine / other, bound,
      mine <= bound * other ? "ok" : "MISSED"))
  if peer.version != library.version {
    print("    (not the same ONNX Runtime: \(library.version) here, \(peer.version) in Python)")
  }
  return mine <= bound * other
}

guard let root = findRoot() else { stop("not in the repository: change to it and run this again") }
let python = root + "/.deps/bench-venv/bin/python"
guard FileManager.default.isExecutableFile(atPath: python) else {
  stop("\(python) is missing: run scripts/setup-bench, then run this again")
}
let paths = CommandLine.arguments.dropFirst()
do {
  let library = try RuntimeLibrary()
  print(
    "local inference: bytes -> normalised tensor -> every stage, ONNX Runtime \(library.version)")
  var holds = true
  for path in paths.isEmpty ? [root + "/Models/fashion-tiny.himodel"] : Array(paths) {
    holds = try compare(path, root: root, python: python, library: library) && holds
  }
  exit(holds ? 0 : 1)
} catch {
  stop("\(error)")
}
