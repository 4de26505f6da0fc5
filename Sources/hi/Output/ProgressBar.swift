import Foundation
import Synchronization

/// A line on standard error that shows how far long work is, at what rate, and how long it still takes.
///
///     let bar = ProgressBar("hi", total: 10_000)
///     for … { bar.advance() }
///     bar.finish()
///
/// Nothing is written where standard error is not a terminal that can rewrite a line.
final class ProgressBar: Sendable {
  private struct State {
    var done = 0
    var shown = ContinuousClock.now
    var isFinished = false
  }

  private let title: String
  private let total: Int
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(_ title: String, total: Int) {
    self.title = title
    self.total = total
    show(done: 0)
  }

  /// Counts one more piece of work; the line is drawn at most ten times a second.
  func advance() {
    state.withLock { state in
      state.done += 1
      let now = ContinuousClock.now
      guard !state.isFinished, now - state.shown >= .milliseconds(100) else { return }
      state.shown = now
      show(done: state.done)
    }
  }

  /// Takes the line away.
  func finish() {
    state.withLock { $0.isFinished = true }
    Self.clearLine()
  }

  /// Empties the line that a bar may stand on.
  static func clearLine() {
    guard Terminal.errors.isInteractive else { return }
    StandardError.write("\r\u{1B}[K")
  }

  private func show(done: Int) {
    guard Terminal.errors.isInteractive else { return }
    let line = ProgressLine(
      title: title, total: total, done: done,
      seconds: (ContinuousClock.now - start) / .seconds(1))
    // One column stays free: some terminals wrap after the last.
    let text = line.text(columns: Terminal.errorColumns - 1)
    StandardError.write("\r\u{1B}[K\(text)")
  }
}
