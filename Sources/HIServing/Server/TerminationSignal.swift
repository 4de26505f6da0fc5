#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// The signals by which an operator or a system ends a server: SIGTERM and SIGINT.
public enum TerminationSignal {
  /// One element for each time that one of them is received after this call has returned; they no
  /// longer end the process by themselves. Make it before telling anybody that the server runs.
  public static func requests() -> AsyncStream<Void> {
    SignalPipe.received([SIGTERM, SIGINT])
  }

  /// From now on Ctrl-C ends the process at once, for somebody who does not want to wait until what is in
  /// flight is answered. SIGTERM stays a request, as systems repeat it.
  public static func interruptEndsAtOnce() {
    signal(SIGINT, SIG_DFL)
  }

  /// Waits for the first of them, which from now on does not end the process by itself.
  public static func received() async {
    for await _ in requests() { return }
  }
}
