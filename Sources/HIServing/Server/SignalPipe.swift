internal import Dispatch
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Signals as elements of streams, from the moment that a stream is made.
///
/// A dispatch source for a signal is put in place some time after it was resumed; a signal in between
/// ends the process or is lost. The handler here is in place when ``received(_:)`` returns, and writes
/// one byte into a pipe, which is all that a signal handler may do.
enum SignalPipe {
  /// Waiting streams, each with the signals that it is for.
  private typealias Streams = [Int: (signals: Set<Int32>, stream: AsyncStream<Void>.Continuation)]

  private struct State {
    var streams: Streams = [:]
    var lastStream = 0
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
    let number = state.withLock { state in
      if state.source == nil { state.source = openedPipe() }
      state.lastStream += 1
      state.streams[state.lastStream] = (signals, continuation)
      return state.lastStream
    }
    continuation.onTermination = { _ in
      state.withLock { state in _ = state.streams.removeValue(forKey: number) }
    }
    for number in signals { signal(number) { SignalPipe.handle($0) } }
    return stream
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
    let waiting = state.withLock { state in
      state.streams.values.filter { !$0.signals.isDisjoint(with: received) }.map(\.stream)
    }
    for stream in waiting { stream.yield() }
  }
}
