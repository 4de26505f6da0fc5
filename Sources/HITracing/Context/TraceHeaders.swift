public import Tracing

/// The context of a trace as the two headers of W3C Trace Context, for whichever tracer there is.
///
/// A tracer reads and writes text under names; what it makes of `traceparent` and `tracestate` is its own
/// business, so that every front end works with another tracer than this module's too.
public struct TraceHeaders: Sendable, Equatable {
  /// `traceparent`
  public static let parentName = "traceparent"
  /// `tracestate`
  public static let stateName = "tracestate"

  /// Under their lower-case names.
  public private(set) var values: [String: String] = [:]

  /// Those that a request came with; nil where it had none.
  public init(parent: String?, state: String?) {
    values[Self.parentName] = parent
    values[Self.stateName] = state
  }

  /// Those that a call takes along.
  public init(of context: InstrumentationContext, by tracer: any Tracer) {
    tracer.inject(context, into: &values, using: Names())
  }

  /// The place in the trace, for a protocol that carries it in binary; nil where there is none.
  public var parent: TraceParent? { values[Self.parentName].flatMap { TraceParent($0) } }

  /// The context that a request is served in.
  public func context(by tracer: any Tracer) -> InstrumentationContext {
    var context = InstrumentationContext.topLevel
    tracer.extract(values, into: &context, using: Names())
    return context
  }

  private struct Names: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
      carrier[key] = value
    }

    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
  }
}
