import CollectedSpans
import HITracing
import Testing
import Tracing

@Suite struct SpanTracerTests {
  private static let parent = TraceHeaders(
    parent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", state: "other=1")

  @Test func childrenAreOfTheirParentsTrace() throws {
    let kept = CollectedSpans()
    let tracer = kept.tracer()
    tracer.withSpan("root") { root in
      root.attributes["a"] = 1
      tracer.withSpan("child") { _ in }
    }
    let spans = kept.all
    #expect(spans.map(\.name) == ["child", "root"])
    #expect(spans[0].place.traceID == spans[1].place.traceID)
    #expect(spans[0].parent == spans[1].place.span)
    #expect(spans[1].parent == nil)
    #expect(spans[1].start <= spans[0].start && spans[0].end <= spans[1].end)
  }

  @Test func aServersSpanGoesOnWithItsClientsTrace() throws {
    let kept = CollectedSpans()
    let tracer = kept.tracer()
    let span = tracer.startSpan(
      "s", context: Self.parent.context(by: tracer), ofKind: .server)
    span.end()
    span.end()
    let finished = try #require(kept.all.count == 1 ? kept.all.first : nil)
    #expect(finished.place.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(finished.parent == 0x00f0_67aa_0ba9_02b7)
    #expect(finished.hasRemoteParent)
    let onwards = TraceHeaders(of: span.context, by: tracer)
    #expect(onwards.parent?.spanID == finished.place.spanID)
    #expect(onwards.values[TraceHeaders.stateName] == "other=1")
  }

  @Test(arguments: ["nonsense", "", nil])
  func aMalformedParentBeginsANewTrace(parent: String?) throws {
    let kept = CollectedSpans()
    let tracer = kept.tracer()
    let headers = TraceHeaders(parent: parent, state: "other=1")
    let span = tracer.startSpan("s", context: headers.context(by: tracer), ofKind: .server)
    span.end()
    #expect(kept.all.count == 1 && kept.all.first?.parent == nil)
    // Others' notes belong to the trace that could not be read.
    #expect(TraceHeaders(of: span.context, by: tracer).values[TraceHeaders.stateName] == nil)
  }

  @Test(arguments: ["a=1\r\nx: y", String(repeating: "a", count: 513), ""])
  func notesThatNobodyHasToHandOnAreNotHandedOn(state: String) {
    let tracer = CollectedSpans().tracer()
    let headers = TraceHeaders(parent: Self.parent.values[TraceHeaders.parentName], state: state)
    let context = headers.context(by: tracer)
    #expect(TraceHeaders(of: context, by: tracer).parent != nil)
    #expect(TraceHeaders(of: context, by: tracer).values[TraceHeaders.stateName] == nil)
  }

  @Test func theParentsChoiceHoldsForItsTrace() {
    let kept = CollectedSpans()
    let never = kept.tracer(share: 0)
    never.startSpan("taken", context: Self.parent.context(by: never)).end()
    #expect(kept.all.map(\.name) == ["taken"])

    let always = kept.tracer()
    let unsampled = TraceHeaders(
      parent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", state: nil)
    let span = always.startSpan("left", context: unsampled.context(by: always))
    span.attributes["a"] = 1
    #expect(!span.isRecording && span.attributes.isEmpty)
    span.end()
    #expect(kept.all.count == 1)
    // The next process is told that the trace is not recorded.
    #expect(TraceHeaders(of: span.context, by: always).parent?.isSampled == false)
  }

  @Test func aShareOfTheTracesIsRecordedWhole() {
    let kept = CollectedSpans()
    let tracer = kept.tracer(share: 0.1)
    for _ in 0..<20_000 {
      tracer.withSpan("root") { _ in tracer.withSpan("child") { _ in } }
    }
    let traces = Dictionary(grouping: kept.all, by: \.place.traceID)
    #expect(traces.values.allSatisfy { $0.count == 2 })
    // Six standard deviations of a binomial with 20,000 draws.
    #expect((1745...2255).contains(traces.count))
  }
}
