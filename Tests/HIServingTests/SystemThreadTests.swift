import Dispatch
import Foundation
import Synchronization
import Testing

@testable import HIServing

/// Threads that the system makes, and that it does not.
@Suite(.timeLimit(.minutes(1))) struct SystemThreadTests {
  /// More than an address space has, so that the system refuses the thread and nothing else.
  private static let tooMuch = 1 << 50

  @Test func itRunsItsBody() async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      do {
        try SystemThread.start(name: "t", stackBytes: 1 << 20) { done.resume() }
      } catch {
        done.resume(throwing: error)
      }
    }
  }

  #if os(Linux)
    /// What `top -H` and a debugger show.
    @Test(arguments: [
      ("hi-1-tiny", "hi-1-tiny"), ("hi-1-fashion-tiny", "hi-1-fashion-ti"),
      // No character is cut in two: the last one takes the 15th and 16th byte.
      ("hi-1-modelééé", "hi-1-modeléé"),
    ])
    func theSystemKnowsItsName(name: String, shown: String) async throws {
      let found = try await withCheckedThrowingContinuation {
        (done: CheckedContinuation<String, any Error>) in
        do {
          try SystemThread.start(name: name) {
            done.resume(
              with: Result { try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8) }
            )
          }
        } catch {
          done.resume(throwing: error)
        }
      }
      #expect(found == shown + "\n")
    }
  #endif

  @Test func oneThatTheSystemDoesNotMakeIsSaidAndItsBodyIsLetGo() {
    final class Kept: Sendable {}
    weak var watched: Kept?
    func start() throws {
      let kept = Kept()
      watched = kept
      try SystemThread.start(name: "t", stackBytes: Self.tooMuch) { _ = kept }
    }
    let error = #expect(throws: ThreadRefusal.self) { try start() }
    #expect(watched == nil)
    #expect(error?.description.contains("no more threads") == true)
  }

  /// Of three workers the second, or the first, has no thread: whoever starts them hears of it, and those
  /// that have one end.
  @Test(arguments: [0, 1])
  func aModelThatDoesNotGetItsThreadsDoesNotHoldItsStart(granted: Int) async throws {
    var configuration = SchedulingConfiguration()
    configuration.workers = 3
    let threads = DispatchGroup()
    let asked = Atomic(0)
    #expect(throws: ThreadRefusal.self) {
      _ = try InferenceScheduler(
        backend: EchoBackend(), name: "echo", configuration: configuration,
        metrics: ModelMetrics(total: AnswerTotal()), threads: threads,
        startingThreadsBy: { name, body throws(ThreadRefusal) in
          let number = asked.wrappingAdd(1, ordering: .relaxed).oldValue
          try SystemThread.start(
            name: name, stackBytes: number < granted ? nil : Self.tooMuch, body)
        })
    }
    #expect(asked.load(ordering: .relaxed) == granted + 1)
    await withCheckedContinuation { ended in threads.notify(queue: .global()) { ended.resume() } }
  }
}
