internal import HITracing
internal import NIOCore
internal import Tracing

/// The spans of the requests of one batch: their time in the queue, which is over, and the inference.
struct BatchSpans {
  /// One a request: its inference's span, nil where nobody traces the request.
  private let spans: [(any Span)?]

  /// The batch begins to run; gives nil where nobody traces any of its requests.
  init?(_ batch: [InferenceRequest], started: NIODeadline) {
    guard batch.contains(where: { $0.trace != nil }) else { return nil }
    spans = batch.map { request in
      guard let trace = request.trace else { return nil }
      trace.leftQueue(after: .nanoseconds((started - request.received).nanoseconds))
      return trace.child("inference")
    }
  }

  /// One a request: what the inference's own calls belong to.
  var contexts: [InstrumentationContext?] { spans.map { $0?.context } }

  /// The batch has run.
  func ended(_ run: BatchRun) {
    let now = TraceInstant.now
    for (span, output) in zip(spans, run.outputs) {
      guard let span else { continue }
      if span.isRecording {
        span.updateAttributes {
          $0["hi.batch.size"] = run.samples
          $0["hi.batch.executions"] = run.executions.count
        }
        if case .failure(let failure) = output {
          span.setStatus(SpanStatus(code: .error, message: failure.reason))
        }
      }
      span.end(at: now)
    }
  }
}
