import Foundation

/// Standard streams that the process was started without.
enum ClosedStreams {
  /// Takes their numbers, so that no file that is opened later gets one and what is printed with it.
  ///
  /// Each is opened the wrong way round: to use it is still an error.
  static func areKept() {
    for (stream, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(stream, F_GETFD) == -1 {
      _ = open("/dev/null", mode)
    }
  }
}
