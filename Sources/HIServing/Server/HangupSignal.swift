#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// SIGHUP, by which an operator asks a server to look at its models again.
public enum HangupSignal {
  /// One element for each time it is received from now on; it no longer ends the process by itself.
  /// Several that come while the last is being dealt with are one.
  public static func received() -> AsyncStream<Void> {
    SignalPipe.received([SIGHUP])
  }
}
