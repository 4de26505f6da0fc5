#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

/// The stream of results, which `print` writes to.
enum StandardOutput {
  /// Hands over what was printed now rather than when the process ends.
  static func flush() { fflush(stdout) }

  /// From now on the process does not end well where what it printed could not be written, on a full disk
  /// for example.
  ///
  /// Whoever closes a pipe before its end, as `head` does, wanted no more: that is no failure.
  static func failsTheProcessWhereItCannotBeWritten() {
    atexit { StandardOutput.endTheProcessWhereItWasNotWritten() }
  }

  private static func endTheProcessWhereItWasNotWritten() {
    let hasFailedNow = fflush(stdout) != 0
    let reason = errno
    guard hasFailedNow || ferror(stdout) != 0, !isReaderGone else { return }
    let words = hasFailedNow ? String(cString: strerror(reason)) : "an earlier write failed"
    StandardError.write(
      "Error: Standard output could not be written to its end (\(words)); make room for it, or send "
        + "it elsewhere, and run the command again.\n")
    _exit(EXIT_FAILURE)
  }

  private static var isReaderGone: Bool {
    var stream = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
    return poll(&stream, 1, 0) > 0 && stream.revents & Int16(POLLERR) != 0
  }
}
