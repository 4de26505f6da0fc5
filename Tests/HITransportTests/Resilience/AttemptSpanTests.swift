import CollectedSpans
import HIData
import HITracing
import Testing
import Tracing

@testable import HITransport

/// What a trace says of an offload that took more than one attempt.
@Suite(.timeLimit(.minutes(1))) struct AttemptSpanTests {
  private typealias Peer = ResilientRemoteModelTests.Peer

  @Test func everyAttemptIsASpanOfTheSamplesTrace() async throws {
    let collected = CollectedSpans()
    let broken = Peer { _ throws(OffloadError) in throw .connectionClosed }
    let working = Peer { _ in ResilientRemoteModelTests.answer(7) }
    var configuration = ResilienceConfiguration()
    configuration.retry = RetryPolicy(maximumRetries: 1)
    // The circuit would leave the broken one alone.
    configuration.breaker.failuresToOpen = .max
    let tracer = collected.tracer()
    let model = ResilientRemoteModel(
      [("hi://broken:1", broken), ("hi://[::1]:9000", working)], configuration: configuration,
      tracer: tracer)
    // Which of the two is asked first is drawn, so it takes some samples to meet the broken one.
    var samples = 0
    while broken.callCount == 0, samples < 200 {
      samples += 1
      try await tracer.withSpan("sample", ofKind: .internal) { _ in
        _ = try await model.classify(ScriptedWire.sample, deadline: .seconds(20))
      }
    }
    let spans = await collected.next(2 * samples + 1)
    #expect(spans.count == 2 * samples + 1)
    let failed = try #require(spans.first { $0.words("hi.status") != "ok" && $0.kind == .client })
    let again = try #require(spans.first { $0.words("hi.attempt.kind") == "retry" })
    let sample = try #require(spans.last)
    #expect(sample.name == "sample")
    for span in [failed, again] {
      #expect(span.parent == sample.place.span)
      #expect(span.place.traceLow == sample.place.traceLow)
      #expect(span.place.traceHigh == sample.place.traceHigh)
    }
    #expect(failed.words("hi.attempt.kind") == "first")
    #expect(failed.number("hi.attempt") == 1)
    #expect(failed.words("hi.status") == OffloadError.connectionClosed.reason)
    #expect(failed.words("error.type") == OffloadError.connectionClosed.reason)
    #expect(failed.status?.code == .error)
    #expect(failed.words("server.address") == "broken")
    #expect(again.number("hi.attempt") == 2)
    #expect(again.words("hi.status") == "ok")
    #expect(again.words("server.address") == "::1")
    #expect(again.number("server.port") == 9000)
    #expect(failed.end.nanosecondsSinceEpoch <= again.end.nanosecondsSinceEpoch)
  }

  @Test func aHedgeSaysThatItIsOneAndTheLoserEndsToo() async throws {
    let collected = CollectedSpans()
    let gate = ResilientRemoteModelTests.Gate()
    // The first call is learned from, the second does not come back by itself, the third is its hedge.
    let peer = Peer { call in
      if call == 1 { await gate.pass() }
      return ResilientRemoteModelTests.answer(call)
    }
    var configuration = ResilienceConfiguration()
    configuration.hedge = HedgePolicy()
    configuration.hedge?.warmUp = 1
    let model = ResilientRemoteModel(
      [("hi://one:1", peer)], configuration: configuration, tracer: collected.tracer())
    for expected in [0, 2] {
      let answer = try await model.classify(ScriptedWire.sample, deadline: .seconds(50))
      #expect(answer.prediction == expected)
    }
    await gate.arrived(1)
    gate.openAll()
    let spans = await collected.next(3).suffix(2).sorted {
      ($0.number("hi.attempt") ?? 0) < ($1.number("hi.attempt") ?? 0)
    }
    #expect(spans.map { $0.number("hi.attempt") } == [1, 2])
    #expect(spans.map { $0.words("hi.attempt.kind") } == ["first", "hedge"])
    #expect(spans.allSatisfy { $0.words("hi.status") == "ok" })
  }
}
