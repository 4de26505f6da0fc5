internal import HITracing
internal import HierarchicalInference
internal import Tracing

/// The spans of a local model's stages, each from the end of the one before to its exit's decision.
struct StageSpans {
  private let tracer: any Tracer
  private let context: InstrumentationContext
  private var start = TraceInstant.now

  /// The first stage begins, within the sample's span.
  init(by tracer: any Tracer) {
    self.tracer = tracer
    context = .current ?? .topLevel
  }

  /// A stage has come to its exit.
  mutating func ended(_ exit: Int, _ answer: Observation) {
    let begun = start
    start = TraceInstant.now
    let span = tracer.startSpan(
      "stage \(exit)", context: context, ofKind: .internal, at: begun)
    if span.isRecording {
      span.updateAttributes {
        $0["hi.exit"] = exit
        $0["hi.class"] = answer.prediction
        $0["hi.confidence"] = Double(answer.confidence)
      }
    }
    span.end(at: start)
  }
}
