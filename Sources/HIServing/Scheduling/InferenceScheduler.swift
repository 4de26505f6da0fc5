internal import Dispatch
internal import Foundation
internal import NIOCore
internal import Synchronization

/// Runs requests on inference threads of its own, so that neither event loops nor the threads of
/// Swift's tasks ever wait for a model.
///
/// Drives ``RequestQueue``: one lock, and one semaphore signal a request.
final class InferenceScheduler: Sendable {
  private let queue: Mutex<RequestQueue<InferenceJob>>
  private let arrivals = DispatchSemaphore(value: 0)
  private let threads = DispatchGroup()
  private let workers: Int

  private init(workers: Int, queueLimit: Int) {
    self.workers = workers
    self.queue = Mutex(RequestQueue(limit: queueLimit))
  }

  /// Starts the threads; each makes its worker, and the first failure of one ends them all.
  static func start(
    backend: any InferenceBackend, workers: Int, queueLimit: Int
  ) async throws -> InferenceScheduler {
    let scheduler = InferenceScheduler(workers: max(1, workers), queueLimit: queueLimit)
    do {
      for number in 1...scheduler.workers {
        try await withCheckedThrowingContinuation { ready in
          scheduler.startThread(number: number, backend: backend, ready: ready)
        }
      }
    } catch {
      scheduler.close()
      throw error
    }
    return scheduler
  }

  /// Queues a request, or gives false where there is no room; its reply is then never called.
  func submit(_ job: InferenceJob) -> Bool {
    let offer = queue.withLock {
      $0.offer(job, deadline: job.deadline, at: job.received)
    }
    for late in offer.expired { late.reply(.expired) }
    if offer.accepted { arrivals.signal() }
    return offer.accepted
  }

  /// How many requests wait for a thread.
  var waiting: Int { queue.withLock { $0.count } }

  /// Accepts nothing more and lets the threads end when the queue is empty.
  func close() {
    queue.withLock { $0.close() }
    for _ in 0..<workers { arrivals.signal() }
  }

  /// Waits until all threads have ended; false where one still runs after the time given.
  func join(within limit: Duration) async -> Bool {
    let (ended, report) = AsyncStream.makeStream(of: Bool.self)
    threads.notify(queue: .global()) { report.yield(true) }
    let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { report.yield(false) }
    for await inTime in ended { return inTime }
    return false
  }

  private func startThread(
    number: Int, backend: any InferenceBackend, ready: CheckedContinuation<Void, any Error>
  ) {
    threads.enter()
    let thread = Thread { [self] in
      defer { threads.leave() }
      let worker: any InferenceWorker
      do {
        worker = try backend.makeWorker()
      } catch {
        return ready.resume(throwing: error)
      }
      ready.resume()
      run(worker)
    }
    thread.name = "hi-inference-\(number)"
    thread.start()
  }

  private func run(_ initial: any InferenceWorker) {
    var worker = initial
    while true {
      arrivals.wait()
      let taken = queue.withLock { $0.take(at: .now()) }
      for late in taken.expired { late.reply(.expired) }
      if let job = taken.work {
        job.reply(Self.outcome(of: job, by: &worker))
      } else if taken.isFinished {
        return
      }
    }
  }

  private static func outcome(
    of job: InferenceJob, by worker: inout any InferenceWorker
  ) -> InferenceOutcome {
    do {
      let (prediction, confidence) = try worker.classify(job.sample)
      let elapsed = NIODeadline.now() - job.received
      return .answer(
        prediction: prediction, confidence: confidence,
        microseconds: UInt32(clamping: elapsed.nanoseconds / 1000))
    } catch {
      return .failed("\(error)")
    }
  }
}
