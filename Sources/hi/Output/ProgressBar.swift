import Foundation
import Synchronization

/// A line on standard error that shows how far long work is, at what rate, and how long it still takes.
///
///     let bar = ProgressBar("hi", total: 10_000)
///     for … { bar.advance() }
///     bar.finish()
///
/// Nothing is written where standard error is not a terminal.
final class ProgressBar: Sendable {
  private struct State {
    var done = 0
    var shown = ContinuousClock.now
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
    let drawn: Int? = state.withLock { state in
      state.done += 1
      let now = ContinuousClock.now
      guard now - state.shown >= .milliseconds(100) else { return nil }
      state.shown = now
      return state.done
    }
    if let drawn { show(done: drawn) }
  }

  /// Takes the line away.
  func finish() {
    guard Terminal.isInteractive else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }

  private func show(done: Int) {
    guard Terminal.isInteractive else { return }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let rate = elapsed > 0 ? Double(done) / elapsed : 0
    let share = total > 0 ? Double(done) / Double(total) : 1
    let filled = Int(share * 24)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    let left = rate > 0 ? "\(Int((Double(total - done) / rate).rounded(.up))) s left" : ""
    let name = title.padding(toLength: 12, withPad: " ", startingAt: 0)
    let line = "\r\u{1B}[K\(name) \(bar) \(done)/\(total)  \(Int(rate))/s  \(left)"
    FileHandle.standardError.write(Data(line.utf8))
  }
}
