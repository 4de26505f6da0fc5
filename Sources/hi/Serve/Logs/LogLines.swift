import Dispatch
import Synchronization

/// Log lines on their way to a stream, which a thread of its own writes.
///
/// A server answers while its log's disk is full or its log's reader has stopped reading: then lines are lost,
/// and the next line that is written says how many.
final class LogLines: Sendable {
  /// Lines to standard error.
  static let standardError = LogLines { StandardError.write($0) }

  private struct Line {
    let text: String
    /// How many lines before it were lost, as it says.
    let lost: Int
  }

  private struct State {
    var waiting: [Line] = []
    var lost = 0
    var isWriting = false
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "hi-log")
  private let capacity: Int
  private let write: @Sendable (String) -> Bool

  /// - Parameters:
  ///   - capacity: how many lines wait at most.
  ///   - write: writes a line, waiting for it; says whether it did.
  init(capacity: Int = 1000, write: @escaping @Sendable (String) -> Bool) {
    self.capacity = capacity
    self.write = write
  }

  /// Has a line written, without waiting for it.
  ///
  /// - Parameter line: makes the line, its end included, of how many were lost before it.
  func append(_ line: (_ lost: Int) -> String) {
    let lost = state.withLock { state in
      defer { state.lost = 0 }
      return state.lost
    }
    let line = Line(text: line(lost), lost: lost)
    let starts = state.withLock { state in
      guard state.waiting.count < capacity else {
        state.lost += 1 + line.lost
        return false
      }
      state.waiting.append(line)
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if starts { queue.async { self.writeAll() } }
  }

  /// Waits until every line is written or lost, so long at most.
  func flush(within time: DispatchTimeInterval) {
    let done = DispatchSemaphore(value: 0)
    queue.async { done.signal() }
    _ = done.wait(timeout: .now() + time)
  }

  private func writeAll() {
    while true {
      let lines = state.withLock { state in
        defer { state.waiting = [] }
        state.isWriting = !state.waiting.isEmpty
        return state.waiting
      }
      if lines.isEmpty { return }
      for line in lines where !write(line.text) {
        state.withLock { $0.lost += 1 + line.lost }
      }
    }
  }
}
