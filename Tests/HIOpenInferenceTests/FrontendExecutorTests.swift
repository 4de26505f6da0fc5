import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import HIOpenInference

/// Where a front end's tasks run.
@Suite(.timeLimit(.minutes(1))) struct FrontendExecutorTests {
  /// The number of the event loop that runs the caller; nil on other threads.
  private static func place() -> ObjectIdentifier? {
    MultiThreadedEventLoopGroup.currentEventLoop.map { ObjectIdentifier($0) }
  }

  /// Suspends the task until a thread that is no event loop wakes it.
  private static func wokenFromElsewhere() async {
    await withCheckedContinuation { woken in
      Thread.detachNewThread { woken.resume() }
    }
  }

  private func onFrontend<Result: Sendable>(
    _ body: @escaping @Sendable () async -> Result
  ) async -> Result {
    await Task(executorPreference: FrontendExecutor()) { await body() }.value
  }

  @Test func tasksRunOnTheLoopThatWakesThem() async {
    let group = MultiThreadedEventLoopGroup.singleton
    for _ in 0..<20 {
      let loop = group.next()
      // A task that begins is always woken; one that waits may be resumed before it sleeps.
      let woken = await withCheckedContinuation { told in
        loop.execute {
          Task(executorPreference: FrontendExecutor()) { told.resume(returning: Self.place()) }
        }
      }
      #expect(woken == ObjectIdentifier(loop))
    }
    #expect(await onFrontend { Self.place() } != nil, "also where no loop wakes them")
  }

  private func onLoop<Result: Sendable>(
    _ loop: any EventLoop, _ body: @escaping @Sendable () async -> Result
  ) async -> Result {
    await Task(executorPreference: FrontendExecutor(loop)) { await body() }.value
  }

  @Test func whatOtherThreadsWakeComesBackToItsLoop() async {
    for _ in 0..<50 {
      let loop = MultiThreadedEventLoopGroup.singleton.next()
      let places = await onLoop(loop) {
        let before = Self.place()
        await Self.wokenFromElsewhere()
        return [before, Self.place()]
      }
      #expect(places == [ObjectIdentifier(loop), ObjectIdentifier(loop)])
    }
  }

  @Test func whatTakesLongLeavesTheLoopAndComesBack() async {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let places = await onLoop(loop) {
      let long = await FrontendExecutor.elsewhere(ifMore: FrontendExecutor.lightBytes + 1) {
        Self.place()
      }
      let short = await FrontendExecutor.elsewhere(ifMore: FrontendExecutor.lightBytes) {
        Self.place()
      }
      return [long, short, Self.place()]
    }
    #expect(places == [nil, ObjectIdentifier(loop), ObjectIdentifier(loop)])
  }
}
