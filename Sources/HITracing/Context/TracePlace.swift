internal import Tracing

/// What this module's tracer keeps in a context: where in a trace it is.
struct TracePlace: Sendable, Equatable {
  let parent: TraceParent
  /// Other tracers' notes, handed on as they came.
  let state: String?

  private enum Key: InstrumentationContextKey {
    typealias Value = TracePlace
    static var nameOverride: String? { "hi-trace-place" }
  }

  static func found(in context: InstrumentationContext) -> TracePlace? { context[Key.self] }

  func put(into context: inout InstrumentationContext) { context[Key.self] = self }
}
