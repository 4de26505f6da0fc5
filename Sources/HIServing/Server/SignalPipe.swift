internal import Dispatch
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Signals as calls and as elements of streams, from the moment that one of them is asked for.
///
/// A dispatch source for a signal is put in place some time after it was resumed; a signal in between
/// ends the process or is lost. The handler here is in place when ``received(_:)`` or
/// ``onReceiving(_:call:)`` returns, and writes one byte into a pipe, which is all that a signal handler
/// may do.
package enum SignalPipe {
  private struct Listener {
    let signals: Set<Int32>
    let call: @Sendable (Int32) -> Void
  }

  private struct State {
    var listeners: [Int: Listener] = [:]
    var lastListener = 0
    var source: (any DispatchSourceRead)?
  }

  private static let state = Mutex(State())
  /// Read by the handler: a plain global, so that no lazy initialiser runs there.
  nonisolated(unsafe) private static var writingEnd: Int32 = -1

  /// One element for each time that one of the signals is received from now on; none of them ends the
  /// process by itself any more, whether or not somebody listens. What comes while the last is being
  /// dealt with is one element.
  static func received(_ signals: Set<Int32>) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = listen(Listener(signals: signals) { _ in continuation.yield() })
    continuation.onTermination = { _ in
      state.withLock { state in _ = state.listeners.removeValue(forKey: number) }
    }
    return stream
  }

  /// Calls for each of the signals that is received from now on, on a thread of Dispatch; none of them
  /// ends the process by itself any more.
  package static func onReceiving(
    _ signals: Set<Int32>, call: @escaping @Sendable (_ signal: Int32) -> Void
  ) {
    _ = listen(Listener(signals: signals, call: call))
  }

  private static func listen(_ listener: Listener) -> Int {
    let number = state.withLock { state in
      if state.source == nil { state.source = openedPipe() }
      state.lastListener += 1
      state.listeners[state.lastListener] = listener
      return state.lastListener
    }
    for number in listener.signals { signal(number) { SignalPipe.handle($0) } }
    return number
  }

  private static func handle(_ number: Int32) {
    let interrupted = errno
    var byte = UInt8(truncatingIfNeeded: number)
    // A full pipe has so many signals in it that one more says nothing new.
    _ = write(writingEnd, &byte, 1)
    errno = interrupted
  }

  /// Opens the pipe and begins to read it.
  private static func openedPipe() -> any DispatchSourceRead {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "a process that starts has two file descriptors left")
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    writingEnd = ends[1]
    let readingEnd = ends[0]
    let source = DispatchSource.makeReadSource(fileDescriptor: readingEnd, queue: .global())
    source.setEventHandler { forward(from: readingEnd) }
    source.resume()
    return source
  }

  private static func forward(from readingEnd: Int32) {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(readingEnd, &bytes, bytes.count)
    guard count > 0 else { return }
    let received = Set(bytes.prefix(count).map(Int32.init))
    let listeners = state.withLock { Array($0.listeners.values) }
    for listener in listeners {
      for number in received.intersection(listener.signals) { listener.call(number) }
    }
  }
}
