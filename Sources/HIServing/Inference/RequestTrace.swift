internal import HITracing
internal import NIOCore
public import Tracing

/// The span of a request in the server, under which its waiting and its inference have theirs.
public final class RequestTrace: Sendable {
  /// Makes the spans.
  public let tracer: any Tracer
  /// The request's span.
  public let span: any Span

  /// Begins a request's span.
  ///
  /// - Parameters:
  ///   - name: what is asked for.
  ///   - context: where in a trace the client is; nil where it did not say.
  ///   - tracer: makes the spans.
  public init(_ name: String, context: InstrumentationContext?, by tracer: any Tracer) {
    self.tracer = tracer
    span = tracer.startSpan(
      name, context: context ?? .topLevel, ofKind: .server, at: TraceInstant.now)
  }

  /// Adds what is known of the request, where somebody keeps it.
  public func describe(_ update: (inout SpanAttributes) -> Void) {
    if span.isRecording { span.updateAttributes(update) }
  }

  /// Says which model answers.
  public func describe(_ model: ServedModel) {
    describe {
      $0["hi.model.name"] = model.name
      $0["hi.model.version"] = model.version
    }
  }

  /// Ends the request's span.
  ///
  /// - Parameters:
  ///   - status: how it ended, in a word.
  ///   - failure: why it was not answered; nil where it was.
  public func end(_ status: String, failure: String? = nil) {
    if span.isRecording {
      span.updateAttributes {
        $0["hi.status"] = status
        if failure != nil { $0["error.type"] = status }
      }
      if let failure { span.setStatus(SpanStatus(code: .error, message: failure)) }
    }
    span.end(at: TraceInstant.now)
  }

  /// Begins the span of something within the request, which began so long ago.
  func child(_ name: String, ago: Duration = .zero) -> any Span {
    tracer.startSpan(
      name, context: span.context, ofKind: .internal,
      at: TraceInstant.now.advanced(by: .zero - ago))
  }

  /// The span of its time in the queue, which ends now.
  func leftQueue(after waited: Duration, expired: Bool = false) {
    let queue = child("queue", ago: waited)
    if expired {
      queue.setStatus(SpanStatus(code: .error, message: "The deadline passed in the queue."))
    }
    queue.end(at: TraceInstant.now)
  }
}
