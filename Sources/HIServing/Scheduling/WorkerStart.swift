internal import Dispatch
internal import Synchronization

/// Where inference threads report that they have made their workers, or why they could not.
final class WorkerStart: Sendable {
  private let ready = DispatchSemaphore(value: 0)
  private let firstFailure = Mutex<(any Error)?>(nil)

  /// A thread has its worker.
  func succeeded() { ready.signal() }

  /// A thread has none.
  func failed(_ error: any Error) {
    firstFailure.withLock { if $0 == nil { $0 = error } }
    ready.signal()
  }

  /// Blocks until so many threads have reported.
  ///
  /// - Throws: the first failure.
  func wait(for threads: Int) throws {
    for _ in 0..<threads { ready.wait() }
    if let error = firstFailure.withLock({ $0 }) { throw error }
  }
}
