internal import HIPlanning
internal import HITracing
internal import HITransport
internal import HierarchicalInference
internal import Tracing

/// The span of one sample on the device, with what was decided on it.
///
/// The stages that ran and the attempts of an offload are its children.
struct ClassificationSpan {
  private let span: any Span

  /// Begins it: within the caller's, or at the root of a new trace.
  init(by tracer: any Tracer) {
    span = tracer.startSpan(
      "classify", context: .current ?? .topLevel, ofKind: .internal, at: TraceInstant.now)
  }

  /// Classifies the sample and ends the span with it.
  func within(
    _ body: () async throws -> Classification
  ) async throws -> Classification {
    defer { span.end(at: TraceInstant.now) }
    do {
      let answer = try await InstrumentationContext.$current.withValue(
        span.context, operation: body)
      if span.isRecording { describe(answer) }
      return answer
    } catch {
      span.recordError(error, attributes: [:], at: TraceInstant.now)
      span.setStatus(SpanStatus(code: .error, message: "\(error)"))
      throw error
    }
  }

  private func describe(_ answer: Classification) {
    span.updateAttributes {
      $0["hi.answered_by"] = answer.answeredBy.name
      $0["hi.decision"] = answer.wasOffloaded ? "offloaded" : "accepted"
      $0["hi.class"] = answer.prediction
      $0["hi.confidence"] = Double(answer.confidence)
      if let local = answer.localAnswers.last {
        $0["hi.exit"] = answer.localAnswers.count
        $0["hi.local.class"] = local.prediction
        $0["hi.local.confidence"] = Double(local.confidence)
      }
      $0["hi.decision.duration_ms"] = answer.latency.decision / .milliseconds(1)
      if case .offloadFailed(let error) = answer.reason {
        // The sample is answered, so the span is no error.
        $0["hi.fallback.reason"] = error.reason
      }
    }
  }
}
