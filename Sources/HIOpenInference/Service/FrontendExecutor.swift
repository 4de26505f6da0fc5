internal import NIOCore
internal import NIOPosix

/// Runs the tasks of a front end on event loops, each on the loop that wakes it.
///
/// A request is then read, understood and answered on its connection's own thread. On Swift's own threads it
/// would be handed over twice more, and a thread that sleeps takes tens of microseconds to wake. What may
/// compute for long goes ``elsewhere(_:)``, so that it holds up no other connection.
final class FrontendExecutor: TaskExecutor {
  /// The most bytes that are decompressed, read as numbers or copied into samples on an event loop; that takes
  /// less than a millisecond.
  static let lightBytes = 64 << 10

  /// Where all tasks run; nil for the loop that wakes a task, or any where none does.
  private let eventLoop: (any EventLoop)?

  init(_ eventLoop: (any EventLoop)? = nil) { self.eventLoop = eventLoop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    let eventLoop =
      eventLoop ?? MultiThreadedEventLoopGroup.currentEventLoop
      ?? MultiThreadedEventLoopGroup.singleton.any()
    eventLoop.execute { job.runSynchronously(on: executor) }
  }

  /// Runs what may compute for long on Swift's own threads.
  static func elsewhere<Result, Failure: Error>(
    _ body: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    try await withTaskExecutorPreference(globalConcurrentExecutor, operation: body)
  }

  /// Runs on Swift's own threads what has more than ``lightBytes`` to work through, and anything else here.
  static func elsewhere<Result, Failure: Error>(
    ifMore bytes: Int, _ body: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    if bytes > lightBytes { try await elsewhere(body) } else { try await body() }
  }
}
