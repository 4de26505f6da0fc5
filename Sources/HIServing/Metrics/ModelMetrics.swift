internal import NIOCore
internal import Synchronization

/// Counts the requests that all models of a repository have answered, as long as it lives.
final class AnswerTotal: Sendable {
  private let answers = Atomic(0)

  /// How many they are.
  var count: Int { answers.load(ordering: .relaxed) }

  /// Some more were answered.
  func add(_ more: Int) { answers.wrappingAdd(more, ordering: .relaxed) }
}

/// What one model counts. One lock a batch, whatever number of requests it has.
final class ModelMetrics: Sendable {
  private struct Figures {
    var requests = RequestCounts()
    var samples = 0
    var executions = 0
    var batchSizes = Histogram(upperBounds: Histogram.batchSizeBounds)
    var queueTime = Histogram(upperBounds: Histogram.secondsBounds)
    var computeTime = Histogram(upperBounds: Histogram.secondsBounds)
    var requestTime = Histogram(upperBounds: Histogram.secondsBounds)
  }

  private let figures = Mutex(Figures())
  private let total: AnswerTotal

  /// Begins at nothing.
  ///
  /// - Parameter total: counts the answers of other models too.
  init(total: AnswerTotal) {
    self.total = total
  }

  /// A request was not taken.
  func refused() {
    figures.withLock { $0.requests.overloaded += 1 }
  }

  /// A request's deadline passed in the queue.
  func expired() {
    figures.withLock { $0.requests.expired += 1 }
  }

  /// A batch was run.
  func ran(
    _ run: BatchRun, of requests: [InferenceRequest], started: NIODeadline, duration: TimeAmount
  ) {
    let answered = run.outputs.count {
      if case .success = $0 { true } else { false }
    }
    total.add(answered)
    figures.withLock { figures in
      figures.requests.answered += answered
      for (request, result) in zip(requests, run.outputs) {
        switch result {
        case .success(let outputs):
          figures.samples += outputs.count
        case .failure:
          figures.requests.failed += 1
        }
        let waited = started - request.received
        figures.queueTime.observe(Self.seconds(waited))
        figures.requestTime.observe(Self.seconds(waited + duration))
      }
      figures.executions += run.executions.count
      for size in run.executions { figures.batchSizes.observe(Double(size)) }
      figures.computeTime.observe(Self.seconds(duration))
    }
  }

  /// The figures now, beside what waits and what a tier has counted.
  func snapshot(
    name: String, version: String, load: SchedulerLoad, tier: TierSnapshot?
  ) -> ModelSnapshot {
    let figures = figures.withLock { $0 }
    return ModelSnapshot(
      name: name, version: version, requests: figures.requests, samples: figures.samples,
      executions: figures.executions, batchSizes: figures.batchSizes,
      queueTime: figures.queueTime, computeTime: figures.computeTime,
      requestTime: figures.requestTime, waitingRequests: load.waitingRequests,
      waitingSamples: load.waitingSamples, queueLimit: load.queueLimit, workers: load.workers,
      busyWorkers: load.busyWorkers, tier: tier)
  }

  private static func seconds(_ time: TimeAmount) -> Double {
    Double(max(0, time.nanoseconds)) / 1e9
  }
}
