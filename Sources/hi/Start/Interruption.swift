import Foundation
import HIData
import HIServing
import Synchronization

/// What Ctrl-C leaves behind: what was finished, whole, and nothing else.
enum Interruption {
  /// A command that does something else when it is told to end, as a server does.
  protocol Handled {}

  private static let keepers = Mutex<[@Sendable () -> Void]>([])

  /// From now on a signal that ends the process first removes files that are half written, and writes
  /// what is to be kept; child processes end by themselves when their standard input closes.
  static func leavesNothingBehind() {
    // Under `nohup` the end of the terminal is not the end of the command.
    let signals = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
    SignalPipe.onReceiving(Set(signals)) { end(by: $0) }
  }

  /// Has something done before a signal ends the process, the latest first: it blocks until it is done, for
  /// seconds at most.
  static func keeps(_ keeper: @escaping @Sendable () -> Void) {
    keepers.withLock { $0.append(keeper) }
  }

  private static func end(by number: Int32) {
    // The same signal again ends it at once.
    signal(number, SIG_DFL)
    UnfinishedFile.removeAll()
    ProgressBar.clearLine()
    for keeper in keepers.withLock({ $0 }).reversed() { keeper() }
    // What was begun meanwhile.
    UnfinishedFile.removeAll()
    // The shell should see what ended the program.
    kill(getpid(), number)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    let present = signal(number, SIG_IGN)
    defer { signal(number, present) }
    return unsafeBitCast(present, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
