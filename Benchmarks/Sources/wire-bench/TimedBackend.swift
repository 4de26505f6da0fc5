import HIData
import HIServing
import HITransport
import Synchronization

/// A backend that knows how long its last inference took, so that what is left of a round trip can be
/// told from it.
final class TimedBackend: InferenceBackend {
  private let base: any InferenceBackend
  private let last = Mutex(Duration.zero)

  init(_ base: any InferenceBackend) { self.base = base }

  var description: ServedModelDescription { base.description }

  /// How long the inference took that ended last.
  var lastInference: Duration { last.withLock { $0 } }

  func makeWorker() throws -> any InferenceWorker {
    Worker(base: try base.makeWorker(), backend: self)
  }

  private struct Worker: InferenceWorker {
    var base: any InferenceWorker
    let backend: TimedBackend

    mutating func run(_ samples: [Sample]) throws -> [ModelOutput] {
      let start = ContinuousClock.now
      let outputs = try base.run(samples)
      let duration = ContinuousClock.now - start
      backend.last.withLock { $0 = duration }
      return outputs
    }
  }
}
