import Dispatch
import Foundation
import HIData
import HIModels
import HIPlanning
import HIRuntime
import HIServing
import HITransport
import Synchronization
import Tracing

/// A hierarchical classifier as a served model: what its local model does not settle goes upstream.
///
/// A worker waits for the upstream, so a tier has more workers than cores; each has the local model of
/// its own.
struct TierBackend: InferenceBackend {
  /// How many requests are under way at once, unless told otherwise.
  static let workers = 16

  let bundle: ModelBundle
  let document: PolicyDocument
  let upstream: RemoteSide
  let deadline: Duration
  let log: TierLog
  let tracer: (any Tracer)?
  let description: ServedModelDescription

  /// Puts the parts together.
  ///
  /// - Throws: `PolicyDocumentError` where the policy was made for another model.
  init(
    bundle: ModelBundle, document: PolicyDocument, upstream: RemoteSide, deadline: Duration,
    log: TierLog, tracer: (any Tracer)?
  ) throws {
    self.tracer = tracer
    self.bundle = bundle
    self.document = document
    self.upstream = upstream
    self.deadline = deadline
    self.log = log
    let manifest = bundle.manifest
    // Whoever calibrates on a tier's answers is bound to both models and to the policy between them.
    let parts = [
      bundle.digest, String(decoding: try document.json(), as: UTF8.self),
      document.remote?.digest ?? "",
    ]
    let digest = SHA256Digest(of: parts.joined(separator: "\n").utf8)
    description = ServedModelDescription(
      name: manifest.name,
      digest: "sha256:" + digest.hexadecimal,
      classes: manifest.classes, shape: manifest.input.shape,
      elementType: manifest.input.elementType)
  }

  var manifest: ModelManifest? { bundle.manifest }

  var tier: TierSnapshot? {
    log.snapshot(exits: document.exits.count, upstreams: upstream.statistics.endpoints)
  }

  func makeWorker() throws -> any InferenceWorker {
    TierWorker(
      classifier: try HierarchicalClassifier(
        local: OnDeviceModel(
          bundle: bundle, secondLook: document.local.secondLook ?? false, tracer: tracer),
        remote: upstream, policy: document.policy, deadline: deadline, tracer: tracer),
      tracer: tracer, log: log, classCount: bundle.manifest.classes.count)
  }
}

/// One thread's part of a tier.
private struct TierWorker: InferenceWorker {
  let classifier: HierarchicalClassifier<OnDeviceModel, RemoteSide>
  let tracer: (any Tracer)?
  let log: TierLog
  let classCount: Int

  func run(_ samples: [Sample]) throws -> [ModelOutput] {
    try run(samples, for: BatchCallers())
  }

  func run(_ samples: [Sample], for callers: BatchCallers) throws -> [ModelOutput] {
    // A large request is run in several batches, and all of them share its time.
    let classifier = try HierarchicalClassifier(
      local: classifier.local, remote: classifier.remote, policy: classifier.policy,
      deadline: callers.patience(atMost: classifier.deadline), tracer: tracer)
    let answers = try Self.wait { [log] in
      try await withThrowingTaskGroup(of: (Int, Classification).self) { group in
        for (place, sample) in samples.enumerated() {
          let context = callers.contexts.isEmpty ? nil : callers.contexts[place]
          group.addTask {
            let answer = try await InstrumentationContext.$current.withValue(context) {
              try await classifier.classify(sample)
            }
            log.took(answer, to: sample)
            return (place, answer)
          }
        }
        var answers = [Classification?](repeating: nil, count: samples.count)
        for try await (place, answer) in group { answers[place] = answer }
        return answers.compactMap { $0 }
      }
    }
    return answers.map {
      ModelOutput(prediction: $0.prediction, confidence: $0.confidence, classCount: classCount)
    }
  }

  /// Blocks an inference thread, which is none of Swift's own, until asynchronous work has ended.
  private static func wait<Value: Sendable>(
    for body: @escaping @Sendable () async throws -> Value
  ) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
    Task {
      let outcome: Result<Value, any Error>
      do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
      result.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    guard let outcome = result.withLock({ $0 }) else { throw CancellationError() }
    return try outcome.get()
  }
}
