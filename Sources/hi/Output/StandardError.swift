import Foundation

/// The stream of progress, logs and notes.
enum StandardError {
  /// Writes a text, waiting until the stream takes it.
  ///
  /// A stream that is closed, or whose disk is full, ends nothing: there is nobody left to tell.
  ///
  /// - Returns: whether all of it was written.
  @discardableResult
  static func write(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes {
        Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count)
      }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        // Another process has made the terminal non-blocking for all.
        var stream = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = poll(&stream, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
