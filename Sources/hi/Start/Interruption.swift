import Dispatch
import Foundation
import HIData
import Synchronization

/// What Ctrl-C leaves behind: nothing.
enum Interruption {
  /// A command that does something else when it is told to end, as a server does.
  protocol Handled {}

  private static let sources = Mutex<[any DispatchSourceSignal]>([])

  /// From now on a signal that ends the process first removes files that are half written; child
  /// processes end by themselves when their standard input closes.
  static func leavesNothingBehind() {
    sources.withLock { sources in
      sources = [SIGINT, SIGTERM, SIGHUP].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { end(by: number) }
        source.resume()
        return source
      }
    }
  }

  private static func end(by number: Int32) {
    UnfinishedFile.removeAll()
    ProgressBar.clearLine()
    // The shell should see what ended the program.
    signal(number, SIG_DFL)
    kill(getpid(), number)
  }
}
