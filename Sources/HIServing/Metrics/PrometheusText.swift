internal import HITransport

/// What a server has counted, in Prometheus' text format 0.0.4.
///
/// Figures that Triton has too bear its names and meanings (`nv_inference_…`, durations as sums over
/// requests in microseconds), so that dashboards made for it show this server as well; others begin
/// with `hi_`, in seconds.
///
/// Source: https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/user_guide/metrics.html
public struct PrometheusText: Sendable {
  /// The media type of the text.
  public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  /// The document.
  public private(set) var text = ""

  /// Writes the figures of one moment.
  ///
  /// - Parameters:
  ///   - models: each model version's.
  ///   - server: those of the wire and raw ports; nil where there are none.
  ///   - refusals: how many requests were not answered, of every protocol.
  ///   - isReady: whether requests should be sent here.
  public init(
    models: [ModelSnapshot], server: ServerSnapshot? = nil, refusals: [Refusals.Kind: Int] = [:],
    isReady: Bool
  ) {
    write("hi_ready", .gauge, "1 where every model is loaded and the server does not shut down.") {
      $0.sample(isReady ? 1 : 0)
    }
    if let server { write(server) }
    write(
      "hi_refused_total", .counter,
      "Requests and connections without an answer, of every protocol, by its own status."
    ) {
      let sorted = refusals.sorted {
        ($0.key.frontEnd.rawValue, $0.key.status) < ($1.key.frontEnd.rawValue, $1.key.status)
      }
      for (kind, count) in sorted {
        $0.sample(count, [("protocol", kind.frontEnd.rawValue), ("status", kind.status)])
      }
    }
    writeTritonFigures(models)
    writeOwnFigures(models)
    writeTiers(models)
  }

  private mutating func write(_ server: ServerSnapshot) {
    write("hi_uptime_seconds", .gauge, "Seconds since the server started.") {
      $0.sample(server.uptime / .seconds(1))
    }
    write("hi_connections", .gauge, "Open connections on the wire and raw ports.") {
      $0.sample(server.openConnections)
    }
    write("hi_connections_total", .counter, "Connections taken on the wire and raw ports.") {
      $0.sample(server.counts.connections)
    }
    write(
      "hi_connections_refused_total", .counter,
      "Connections to the wire and raw ports turned away because there were too many."
    ) { $0.sample(server.counts.refusedConnections) }
    write("hi_wire_answers_total", .counter, "Answers on the wire and raw ports by their status.") {
      for status in WireStatus.allCases {
        $0.sample(server.counts.answered[status] ?? 0, [("status", status.name)])
      }
    }
  }

  private mutating func writeTritonFigures(_ models: [ModelSnapshot]) {
    typealias Figure = (name: String, help: String, value: (ModelSnapshot) -> Double)
    func microseconds(_ seconds: Double) -> Double { (max(0, seconds) * 1e6).rounded() }
    let counters: [Figure] = [
      (
        "nv_inference_request_success", "Requests that were answered.",
        { Double($0.requests.answered) }
      ),
      ("nv_inference_count", "Samples that were answered.", { Double($0.samples) }),
      ("nv_inference_exec_count", "Runs of the model, each of a batch.", { Double($0.executions) }),
      (
        "nv_inference_request_duration_us",
        "Microseconds from a request's last byte to its outcome, summed over requests.",
        { microseconds($0.requestTime.sum) }
      ),
      (
        "nv_inference_queue_duration_us", "Microseconds in the queue, summed over requests.",
        { microseconds($0.queueTime.sum) }
      ),
      (
        "nv_inference_compute_infer_duration_us",
        "Microseconds that the model took, summed over requests: each counts its whole batch.",
        { microseconds($0.requestTime.sum - $0.queueTime.sum) }
      ),
    ]
    for counter in counters {
      write(counter.name, .counter, counter.help) {
        for model in models { $0.sample(counter.value(model), model.labels) }
      }
    }
    write(
      "nv_inference_request_failure", .counter,
      "Requests without an answer: REJECTED by the queue or its deadline, or failed in the BACKEND."
    ) {
      for model in models {
        let requests = model.requests
        for (reason, count) in [
          ("REJECTED", requests.overloaded + requests.expired), ("BACKEND", requests.failed),
        ] {
          $0.sample(count, model.labels + [("reason", reason)])
        }
      }
    }
    write("nv_inference_pending_request_count", .gauge, "Requests that wait for the model.") {
      for model in models { $0.sample(model.waitingRequests, model.labels) }
    }
  }

  private mutating func writeOwnFigures(_ models: [ModelSnapshot]) {
    write("hi_requests_total", .counter, "Requests to a model by how they ended.") {
      for model in models {
        let requests = model.requests
        for (outcome, count) in [
          ("answered", requests.answered), ("overloaded", requests.overloaded),
          ("expired", requests.expired), ("failed", requests.failed),
        ] {
          $0.sample(count, model.labels + [("outcome", outcome)])
        }
      }
    }
    let gauges: [(String, String, (ModelSnapshot) -> Int)] = [
      ("hi_queue_samples", "Samples that wait for the model.", { $0.waitingSamples }),
      ("hi_queue_limit_samples", "Samples that may wait for the model.", { $0.queueLimit }),
      ("hi_workers", "Inference threads of the model.", { $0.workers }),
      ("hi_workers_busy", "Inference threads of the model that run a batch.", { $0.busyWorkers }),
    ]
    for (name, help, value) in gauges {
      write(name, .gauge, help) {
        for model in models { $0.sample(value(model), model.labels) }
      }
    }
    let histograms: [(String, String, (ModelSnapshot) -> Histogram)] = [
      ("hi_batch_size", "Samples of one run of the model.", { $0.batchSizes }),
      (
        "hi_request_duration_seconds", "From a request's last byte to its outcome.",
        { $0.requestTime }
      ),
      ("hi_queue_duration_seconds", "How long a request waited.", { $0.queueTime }),
      ("hi_compute_duration_seconds", "How long the model took for a batch.", { $0.computeTime }),
    ]
    for (name, help, value) in histograms {
      write(name, .histogram, help) {
        for model in models { $0.histogram(value(model), model.labels) }
      }
    }
  }

  /// What models have counted that ask other servers; nothing where none does.
  private mutating func writeTiers(_ models: [ModelSnapshot]) {
    let tiers = models.compactMap { model in model.tier.map { (model.labels, $0) } }
    guard !tiers.isEmpty else { return }
    let counters: [(String, String, String, (TierSnapshot) -> [String: Int])] = [
      (
        "hi_tier_answers_total",
        "Samples by who answered; fallback is the local model where upstream did not.",
        "answered_by", { $0.answers }
      ),
      (
        "hi_tier_fallbacks_total",
        "Samples that the local model answered because upstream did not, by the reason.",
        "reason", { $0.fallbacks }
      ),
    ]
    for (name, help, label, counts) in counters {
      write(name, .counter, help) {
        for (labels, tier) in tiers {
          for (value, count) in counts(tier).sorted(by: { $0.key < $1.key }) {
            $0.sample(count, labels + [(label, value)])
          }
        }
      }
    }
    let upstreams: [(String, Kind, String, (TierSnapshot.Upstream) -> Int)] = [
      ("hi_tier_upstream_attempts_total", .counter, "Requests to an upstream.", { $0.attempts }),
      ("hi_tier_upstream_failures_total", .counter, "Those that it failed.", { $0.failures }),
      (
        "hi_tier_upstream_circuit_open", .gauge,
        "1 where an upstream failed so often that it is left alone, but for probes.",
        { $0.isLeftAlone ? 1 : 0 }
      ),
    ]
    for (name, kind, help, value) in upstreams {
      write(name, kind, help) {
        for (labels, tier) in tiers {
          for upstream in tier.upstreams {
            $0.sample(value(upstream), labels + [("upstream", upstream.name)])
          }
        }
      }
    }
  }

  // MARK: The format

  private enum Kind: String {
    case counter, gauge, histogram
  }

  /// Writes the samples of one name.
  private struct Family {
    let name: String
    var text: String

    mutating func sample(_ value: Int, _ labels: [(String, String)] = []) {
      line(name, labels, "\(value)")
    }

    mutating func sample(_ value: Double, _ labels: [(String, String)] = []) {
      line(name, labels, PrometheusText.number(value))
    }

    /// Buckets count what is in those below too, as Prometheus has it.
    mutating func histogram(_ histogram: Histogram, _ labels: [(String, String)]) {
      var total = 0
      let bounds = histogram.upperBounds.map(PrometheusText.number) + ["+Inf"]
      for (bound, count) in zip(bounds, histogram.counts) {
        total += count
        line(name + "_bucket", labels + [("le", bound)], "\(total)")
      }
      line(name + "_sum", labels, PrometheusText.number(histogram.sum))
      line(name + "_count", labels, "\(total)")
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
      text += name
      if !labels.isEmpty {
        text += "{"
        text += labels.map { "\($0)=\"\(PrometheusText.escaped($1))\"" }.joined(separator: ",")
        text += "}"
      }
      text += " \(value)\n"
    }
  }

  private mutating func write(
    _ name: String, _ kind: Kind, _ help: String, _ samples: (inout Family) -> Void
  ) {
    var family = Family(name: name, text: text)
    text = ""
    family.text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    samples(&family)
    text = family.text
  }

  private static func number(_ value: Double) -> String {
    // Whole numbers without a fraction, as counters are written elsewhere.
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}

extension ModelSnapshot {
  /// The labels that Triton gives a model's figures.
  fileprivate var labels: [(String, String)] { [("model", name), ("version", version)] }
}
