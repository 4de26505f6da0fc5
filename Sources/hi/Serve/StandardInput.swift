import Foundation

/// Standard input as a life line: it closes when the process at its other end is gone, however it went.
enum StandardInput {
  /// Waits until standard input has ended, or cannot be read, or the task is cancelled.
  ///
  /// A thread of its own reads: not everything that can be standard input can be watched for readiness. After
  /// a cancellation it stays until the process ends.
  static func closed() async {
    let (ended, report) = AsyncStream.makeStream(of: Void.self)
    Thread.detachNewThread {
      var bytes = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        if count == 0 || (count < 0 && errno != EINTR) { break }
      }
      report.finish()
    }
    for await _ in ended {}
  }
}
