import Testing

@testable import HIServing

/// Prometheus' text format, to the letter of
/// https://prometheus.io/docs/instrumenting/exposition_formats/.
@Suite struct PrometheusTextTests {
  private func snapshot(_ name: String, tier: TierSnapshot? = nil) -> ModelSnapshot {
    var requests = RequestCounts()
    requests.answered = 7
    requests.overloaded = 2
    requests.expired = 3
    requests.failed = 1
    func times(_ seconds: [Double]) -> Histogram {
      var histogram = Histogram(upperBounds: [0.25, 1])
      for value in seconds { histogram.observe(value) }
      return histogram
    }
    return ModelSnapshot(
      name: name, version: "3", requests: requests, samples: 9, executions: 4,
      batchSizes: times([1]), queueTime: times([0.25, 0.5]), computeTime: times([2]),
      requestTime: times([0.75, 2]), waitingRequests: 5, waitingSamples: 6, queueLimit: 256,
      workers: 2, busyWorkers: 1, tier: tier)
  }

  private func lines(_ name: String = "m", tier: TierSnapshot? = nil) -> [Substring] {
    PrometheusText(models: [snapshot(name, tier: tier)], isReady: true).text.split(
      separator: "\n", omittingEmptySubsequences: false)
  }

  @Test(arguments: [
    #"nv_inference_request_success{model="m",version="3"} 7"#,
    #"nv_inference_request_failure{model="m",version="3",reason="REJECTED"} 5"#,
    #"nv_inference_request_failure{model="m",version="3",reason="BACKEND"} 1"#,
    #"nv_inference_count{model="m",version="3"} 9"#,
    #"nv_inference_exec_count{model="m",version="3"} 4"#,
    #"nv_inference_request_duration_us{model="m",version="3"} 2750000"#,
    #"nv_inference_queue_duration_us{model="m",version="3"} 750000"#,
    // Requests count their batch each: 2.75 s in all, less 0.75 s in the queue.
    #"nv_inference_compute_infer_duration_us{model="m",version="3"} 2000000"#,
    #"nv_inference_pending_request_count{model="m",version="3"} 5"#,
    #"hi_queue_samples{model="m",version="3"} 6"#, "hi_ready 1",
  ])
  func figuresHaveTritonsNames(line: String) {
    #expect(lines().filter { $0 == line }.count == 1)
  }

  @Test func bucketsAreCumulative() {
    #expect(
      lines().filter { $0.hasPrefix("hi_request_duration_seconds") } == [
        #"hi_request_duration_seconds_bucket{model="m",version="3",le="0.25"} 0"#,
        #"hi_request_duration_seconds_bucket{model="m",version="3",le="1"} 1"#,
        #"hi_request_duration_seconds_bucket{model="m",version="3",le="+Inf"} 2"#,
        #"hi_request_duration_seconds_sum{model="m",version="3"} 2.75"#,
        #"hi_request_duration_seconds_count{model="m",version="3"} 2"#,
      ])
  }

  @Test func aTierShowsWhoAnsweredAndHowItsUpstreamsAre() {
    let tier = TierSnapshot(
      answers: ["exit1": 4, "local": 0, "remote": 2, "fallback": 3],
      fallbacks: ["unreachable": 2, "deadlineExceeded": 1],
      upstreams: [
        .init(name: "hi://a:1", attempts: 5, failures: 3, isLeftAlone: true),
        .init(name: "hi://b:1", attempts: 1, failures: 0, isLeftAlone: false),
        // Given twice: one series all the same.
        .init(name: "hi://b:1", attempts: 2, failures: 1, isLeftAlone: true),
      ])
    let model = #"model="m",version="3""#
    let lines = lines(tier: tier)
    #expect(
      lines.filter { $0.hasPrefix("hi_tier_") } == [
        #"hi_tier_answers_total{\#(model),answered_by="exit1"} 4"#,
        #"hi_tier_answers_total{\#(model),answered_by="fallback"} 3"#,
        #"hi_tier_answers_total{\#(model),answered_by="local"} 0"#,
        #"hi_tier_answers_total{\#(model),answered_by="remote"} 2"#,
        #"hi_tier_fallbacks_total{\#(model),reason="deadlineExceeded"} 1"#,
        #"hi_tier_fallbacks_total{\#(model),reason="unreachable"} 2"#,
        #"hi_tier_upstream_attempts_total{\#(model),upstream="hi://a:1"} 5"#,
        #"hi_tier_upstream_attempts_total{\#(model),upstream="hi://b:1"} 3"#,
        #"hi_tier_upstream_failures_total{\#(model),upstream="hi://a:1"} 3"#,
        #"hi_tier_upstream_failures_total{\#(model),upstream="hi://b:1"} 1"#,
        #"hi_tier_upstream_circuit_open{\#(model),upstream="hi://a:1"} 1"#,
        #"hi_tier_upstream_circuit_open{\#(model),upstream="hi://b:1"} 0"#,
      ])
    #expect(lines.filter { $0.hasPrefix("# TYPE hi_tier_") }.count == 5)
    #expect(!self.lines().contains { $0.contains("hi_tier_") })
  }

  @Test func everyNameIsDescribedOnceBeforeItsSamplesAndTheTextEndsWithALine() {
    var described: [Substring] = []
    for line in lines().dropLast() where line.hasPrefix("# TYPE ") {
      described.append(line.split(separator: " ")[2])
    }
    #expect(Set(described).count == described.count)
    for line in lines() where !line.isEmpty && !line.hasPrefix("#") {
      let name = line.prefix { $0 != "{" && $0 != " " }
      #expect(described.contains { name.hasPrefix($0) }, "\(line)")
    }
    #expect(lines().last == "")
  }

  @Test func namesOfModelsAreEscaped() {
    #expect(
      lines("a\"b\\c\nd").contains(
        #"nv_inference_count{model="a\"b\\c\nd",version="3"} 9"#))
  }
}
