import Dispatch
import HIData
import HIModels
import HIServing
import HITransport

/// Three classes; the logits of a sample are its first three bytes as they are.
struct BytesBackend: InferenceBackend {
  static let json = """
    {"schema": "hi.model/1", "name": "bytes", "version": "1", "description": "", "precision": "fp32",
     "classes": ["red", "green", "blue"],
     "input": {"shape": [2, 2, 3], "layout": "HWC", "elementType": "uint8", "tensorType": "float32"},
     "stages": [{"file": "s.onnx", "bytes": 1, "input": "image", "logits": "l",
      "sha256": "\(String(repeating: "0", count: 64))", "multiplyAccumulates": 1, "parameters": 1,
      "precision": "fp32"}]}
    """

  let manifest: ModelManifest?
  let description: ServedModelDescription
  /// Where there is one, every run waits at it.
  var gate: ModelGate?

  init(gate: ModelGate? = nil) throws {
    let manifest = try ModelManifest(json: Array(Self.json.utf8), file: "manifest.json")
    self.manifest = manifest
    description = ServedModelDescription(
      name: manifest.name, digest: "sha256:0", classes: manifest.classes,
      shape: manifest.input.shape, elementType: manifest.input.elementType)
    self.gate = gate
  }

  func makeWorker() -> any InferenceWorker { Worker(gate: gate) }

  struct Worker: InferenceWorker {
    let gate: ModelGate?

    func run(_ samples: [Sample]) throws -> [ModelOutput] {
      gate?.pass()
      return try samples.map { sample in
        guard sample.bytes[0] < 250 else { throw Broken() }
        return ModelOutput(logits: sample.bytes.prefix(3).map { Float($0) })
      }
    }
  }

  struct Broken: Error, CustomStringConvertible {
    var description: String { "The model broke on this sample." }
  }

  /// A sample whose logits are these.
  static func sample(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> [UInt8] {
    [red, green, blue] + Array(repeating: 0, count: 9)
  }
}

/// Where a model's runs wait for the test.
final class ModelGate: Sendable {
  private let arrivals = DispatchSemaphore(value: 0)
  private let permits = DispatchSemaphore(value: 0)

  /// Lets so many runs go.
  func open(_ count: Int) {
    for _ in 0..<count { permits.signal() }
  }

  /// Returns once one more run waits.
  func started() async {
    await withCheckedContinuation { waiting in
      DispatchQueue.global().async {
        self.arrivals.wait()
        waiting.resume()
      }
    }
  }

  fileprivate func pass() {
    arrivals.signal()
    permits.wait()
  }
}

/// Looks until something holds, and gives up after half a minute.
func eventually(_ condition: () -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(30)
  while !condition() {
    guard ContinuousClock.now < end else { return false }
    try await Task.sleep(for: .milliseconds(1))
  }
  return true
}
