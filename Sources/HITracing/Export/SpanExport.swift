internal import Dispatch
internal import Foundation
internal import Synchronization

/// Sends finished spans to a destination from a thread of its own, without ever holding anybody up.
///
/// Spans wait in a bounded buffer, at most for a second; where it is full they are dropped and counted, and
/// where the destination does not take them they are lost and counted.
public final class SpanExport: Sendable {
  /// What became of the spans.
  public struct Statistics: Sendable, Equatable {
    /// Delivered.
    public var exported = 0
    /// Not taken since the buffer was full.
    public var dropped = 0
    /// Taken, and not delivered.
    public var lost = 0
    /// Why delivering failed the last time, in words.
    public var failure: String?
  }

  private struct State {
    var waiting: [FinishedSpan] = []
    var statistics = Statistics()
    var isClosed = false
  }

  /// The most spans of one document.
  static let batch = 512

  private let state = Mutex(State())
  private let capacity: Int
  private let interval: DispatchTimeInterval
  private let destination: any SpanDestination
  private let resource: SpanResource
  private let arrivals = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Begins to export.
  ///
  /// - Parameters:
  ///   - destination: where the spans go.
  ///   - service: what the process is called in traces: `service.name`.
  ///   - capacity: how many spans may wait.
  ///   - interval: how long the first of them waits for others.
  public init(
    to destination: any SpanDestination, service: String, capacity: Int = 8192,
    interval: Duration = .seconds(1)
  ) {
    precondition(capacity > 0, "a span can wait")
    self.destination = destination
    self.capacity = capacity
    self.interval = .nanoseconds(Int(interval / .nanoseconds(1)))
    resource = SpanResource(service: service)
    let thread = Thread { [self] in run() }
    thread.name = "hi-spans"
    thread.start()
  }

  /// Takes a span, from any thread; it never waits.
  public func take(_ span: FinishedSpan) {
    let wakes = state.withLock { state in
      guard !state.isClosed, state.waiting.count < capacity else {
        state.statistics.dropped += 1
        return false
      }
      state.waiting.append(span)
      return state.waiting.count == min(capacity, Self.batch)
    }
    if wakes { arrivals.signal() }
  }

  /// What became of the spans so far.
  public var statistics: Statistics { state.withLock { $0.statistics } }

  /// Delivers what waits and ends.
  ///
  /// - Parameter limit: how long that may take; what waits longer is lost.
  @discardableResult
  public func finish(within limit: Duration = .seconds(10)) async -> Statistics {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: self.finishBlocking(within: limit))
      }
    }
  }

  /// Delivers what waits and ends, on the calling thread: for one that is about to end the process.
  ///
  /// - Parameter limit: how long that may take; what waits longer is lost.
  @discardableResult
  public func finishBlocking(within limit: Duration = .seconds(10)) -> Statistics {
    state.withLock { $0.isClosed = true }
    arrivals.signal()
    let time = DispatchTimeInterval.nanoseconds(Int(limit / .nanoseconds(1)))
    // Whoever else waits for the end is told too.
    if ended.wait(timeout: .now() + time) == .success { ended.signal() }
    return state.withLock { state in
      state.statistics.lost += state.waiting.count
      state.waiting = []
      return state.statistics
    }
  }

  private func run() {
    var isClosed = false
    while !isClosed {
      _ = arrivals.wait(timeout: .now() + interval)
      repeat {
        let batch: [FinishedSpan]
        (batch, isClosed) = state.withLock { state in
          let batch = Array(state.waiting.prefix(Self.batch))
          state.waiting.removeFirst(batch.count)
          return (batch, state.isClosed)
        }
        guard !batch.isEmpty else { break }
        deliver(batch)
      } while true
    }
    destination.close()
    ended.signal()
  }

  private func deliver(_ spans: [FinishedSpan]) {
    do {
      try destination.deliver(OTLPDocument(spans, of: resource).json())
      state.withLock { $0.statistics.exported += spans.count }
    } catch {
      state.withLock {
        $0.statistics.lost += spans.count
        $0.statistics.failure = "\(error)"
      }
    }
  }
}
