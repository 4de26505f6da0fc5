internal import Dispatch

/// Runs an actor's work on a serial dispatch queue, one thread at a time, so that a model which blocks
/// for milliseconds never holds one of Swift's cooperative threads.
final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(label: String) {
    queue = DispatchQueue(label: label, qos: .userInitiated)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }
}
