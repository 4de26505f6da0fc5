public import Tracing

/// Makes spans with the places of W3C Trace Context, for whoever takes them when they end.
///
///     let export = try SpanExport(to: SpanFile(path: "spans.jsonl"), service: "hi serve")
///     let tracer = SpanTracer(sampling: .all) { export.take($0) }
///
/// It is a tracer of swift-distributed-tracing: `InstrumentationSystem.bootstrap` takes it, and whatever in
/// this project takes a tracer takes any other too.
public struct SpanTracer: Tracer {
  private let sampling: TraceSampling
  private let finished: @Sendable (FinishedSpan) -> Void

  /// Makes a tracer.
  ///
  /// - Parameters:
  ///   - sampling: which of the traces that begin here are recorded.
  ///   - finished: takes the spans of recorded traces, on any thread; it must not block.
  public init(
    sampling: TraceSampling, finished: @escaping @Sendable (FinishedSpan) -> Void
  ) {
    self.sampling = sampling
    self.finished = finished
  }

  /// Begins a span, a child of the context's where it has one.
  public func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> InstrumentationContext,
    ofKind kind: SpanKind, at instant: @autoclosure () -> Instant, function: String,
    file fileID: String, line: UInt
  ) -> RecordedSpan {
    var context = context()
    let parent = TracePlace.found(in: context)
    let place = TracePlace(parent: child(of: parent?.parent), state: parent?.state)
    place.put(into: &context)
    return RecordedSpan(
      name: operationName, place: place, parent: parent?.parent,
      hasRemoteParent: parent != nil && kind == .server, kind: kind, context: context,
      start: TraceInstant(nanosecondsSinceEpoch: instant().nanosecondsSinceEpoch),
      finished: finished)
  }

  private func child(of parent: TraceParent?) -> TraceParent {
    var generator = SystemRandomNumberGenerator()
    while true {
      let low = parent?.traceLow ?? .random(in: 1...UInt64.max, using: &generator)
      let place = TraceParent(
        traceHigh: parent?.traceHigh ?? generator.next(), traceLow: low,
        span: generator.next(), isSampled: parent?.isSampled ?? sampling.takes(traceLow: low))
      // Zero is no span; it comes once in 2^64.
      if let place { return place }
    }
  }

  /// Nothing waits here; ``SpanExport/finish(within:)`` is what an ending process calls.
  public func forceFlush() {}

  /// Writes `traceparent`, and `tracestate` where there is one.
  public func inject<Carrier, Inject: Injector>(
    _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
  ) where Carrier == Inject.Carrier {
    guard let place = TracePlace.found(in: context) else { return }
    injector.inject(place.parent.description, forKey: TraceHeaders.parentName, into: &carrier)
    guard let state = place.state else { return }
    injector.inject(state, forKey: TraceHeaders.stateName, into: &carrier)
  }

  /// Reads them; without a `traceparent`, or with a malformed one, a new trace begins.
  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
  ) where Carrier == Extract.Carrier {
    guard
      let parent = extractor.extract(key: TraceHeaders.parentName, from: carrier)
        .flatMap({ TraceParent($0) })
    else { return }
    let state = extractor.extract(key: TraceHeaders.stateName, from: carrier)
    TracePlace(parent: parent, state: state.flatMap(Self.handedOn)).put(into: &context)
  }

  /// A `tracestate` that is worth handing on: 512 printable characters are the most that everybody has to.
  private static func handedOn(_ state: String) -> String? {
    let isPrintable = state.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 }
    return isPrintable && (1...512).contains(state.utf8.count) ? state : nil
  }
}
