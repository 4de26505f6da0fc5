public import HITracing
internal import Synchronization
public import Tracing

/// The spans that a tracer hands over, in the order in which they end, for tests to look at.
public final class CollectedSpans: Sendable {
  private let spans = Mutex<[FinishedSpan]>([])
  private let arrivals = AsyncStream<Void>.makeStream()

  /// Keeps none yet.
  public init() {}

  /// Makes spans that are kept here.
  public func tracer(share: Double = 1) -> SpanTracer {
    SpanTracer(sampling: TraceSampling(share: share)) { span in
      self.spans.withLock { $0.append(span) }
      self.arrivals.continuation.yield()
    }
  }

  /// Those that have ended.
  public var all: [FinishedSpan] { spans.withLock { $0 } }

  /// Waits until so many have ended since the last wait, and gives all.
  public func next(_ count: Int) async -> [FinishedSpan] {
    var iterator = arrivals.stream.makeAsyncIterator()
    for _ in 0..<count { await iterator.next() }
    return all
  }
}

extension FinishedSpan {
  /// An attribute's text; nil where it is none.
  public func words(_ key: String) -> String? {
    guard case .string(let words)? = attributes.get(key) else { return nil }
    return words
  }

  /// An attribute's whole number; nil where it is none.
  public func number(_ key: String) -> Int64? {
    switch attributes.get(key) {
    case .int64(let number)?: number
    case .int32(let number)?: Int64(number)
    default: nil
    }
  }
}
