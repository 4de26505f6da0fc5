import Foundation
import HIData
import HIServing
import HITransport
import Synchronization

/// Answers the sample's first byte as the class; a first byte of 200 or more is a failure.
struct EchoBackend: InferenceBackend {
  var description = ServedModelDescription(
    name: "echo", digest: "sha256:echo", classes: (0..<10).map { "c\($0)" }, shape: [1, 2, 2],
    elementType: .uint8)

  func makeWorker() -> any InferenceWorker { Worker() }

  struct Worker: InferenceWorker {
    func run(_ samples: [Sample]) throws -> [ModelOutput] {
      try samples.map { sample in
        guard sample.bytes[0] < 200 else { throw ModelBroke() }
        return EchoBackend.output(sample)
      }
    }
  }

  struct ModelBroke: Error, CustomStringConvertible {
    var description: String { "the model broke on this sample" }
  }

  /// The first byte's class with a confidence of 0.5 exactly: a last class is as likely.
  static func output(_ sample: Sample) -> ModelOutput {
    var logits = [Float](repeating: -1000, count: 257)
    logits[Int(sample.bytes[0])] = 0
    logits[256] = 0
    return ModelOutput(logits: logits)
  }

  static func sample(_ first: UInt8) -> Sample {
    Sample(elementType: .uint8, shape: [1, 2, 2], bytes: [first, 0, 0, 0])!
  }
}

/// Answers as ``EchoBackend`` does, but each answer waits for the test's permission.
final class GatedBackend: InferenceBackend, Sendable {
  let description = EchoBackend().description
  let tier: TierSnapshot?
  private let permits = DispatchSemaphore(value: 0)
  private let started = DispatchSemaphore(value: 0)

  /// - Parameter tier: not nil for a model that asks other servers.
  init(tier: TierSnapshot? = nil) { self.tier = tier }

  func makeWorker() -> any InferenceWorker { Worker(backend: self) }

  /// Lets so many answers go.
  func permit(_ count: Int) {
    for _ in 0..<count { permits.signal() }
  }

  /// Waits until one more sample is in the model.
  func waitForOneMoreStart() {
    started.wait()
  }

  struct Worker: InferenceWorker {
    let backend: GatedBackend

    func run(_ samples: [Sample]) -> [ModelOutput] {
      samples.map { sample in
        backend.started.signal()
        backend.permits.wait()
        return EchoBackend.output(sample)
      }
    }
  }
}

/// Answers as ``EchoBackend`` does, keeps the size of each run, and waits for permission before it.
final class RecordingBackend: InferenceBackend, Sendable {
  let description = EchoBackend().description
  private let runs = Mutex<[Int]>([])
  private let permits = DispatchSemaphore(value: 0)
  private let started = DispatchSemaphore(value: 0)

  /// How many samples each run had.
  var batchSizes: [Int] { runs.withLock { $0 } }

  func makeWorker() -> any InferenceWorker { Worker(backend: self) }

  /// Lets so many runs go.
  func permit(_ count: Int) {
    for _ in 0..<count { permits.signal() }
  }

  /// Waits until one more run has begun.
  func waitForOneMoreRun() { started.wait() }

  struct Worker: InferenceWorker {
    let backend: RecordingBackend

    func run(_ samples: [Sample]) throws -> [ModelOutput] {
      backend.runs.withLock { $0.append(samples.count) }
      backend.started.signal()
      backend.permits.wait()
      return try EchoBackend.Worker().run(samples)
    }
  }
}

/// Cannot be made ready.
struct BrokenBackend: InferenceBackend {
  let description = EchoBackend().description

  func makeWorker() throws -> any InferenceWorker { throw EchoBackend.ModelBroke() }
}
