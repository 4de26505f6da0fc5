public import Tracing

/// A span as it is exported.
public struct FinishedSpan: Sendable {
  /// Its trace, its own number and that it is recorded.
  public let place: TraceParent
  /// The number of the span that called it; nil at the root.
  public let parent: UInt64?
  /// Whether the span that called it is another process's.
  public let hasRemoteParent: Bool
  /// Other tracers' notes.
  public let state: String?
  /// What was done.
  public let name: String
  /// Whether it is a client's, a server's or neither's.
  public let kind: SpanKind
  /// When it began.
  public let start: TraceInstant
  /// When it ended, never before it began.
  public let end: TraceInstant
  /// What is known of it.
  public let attributes: SpanAttributes
  /// What happened within it.
  public let events: [SpanEvent]
  /// How it ended, where somebody said.
  public let status: SpanStatus?
}
