internal import NIOCore

/// Runs tasks on an event loop.
///
/// A task that prefers it and does nothing but offload stays on the connection's own thread: its request
/// is written and its answer taken without waking another thread. It must not block.
final class EventLoopTaskExecutor: TaskExecutor {
  private let eventLoop: any EventLoop

  init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    eventLoop.execute { job.runSynchronously(on: executor) }
  }
}
