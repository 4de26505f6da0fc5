internal import HIServing
internal import HITransport

/// One event of the live page: counters since the start, and how things stand.
enum LiveFigures {
  /// The figures as one line of JSON.
  ///
  /// Histograms are cumulative since the model was loaded; a reader takes the difference of two events
  /// for what happened between them.
  static func document(of service: OpenInferenceService) -> String {
    let server = service.serverSnapshot?()
    return document(
      isReady: service.isReady, uptime: server?.uptime ?? service.uptime, server: server,
      models: server?.models ?? service.repository.models.map(\.snapshot),
      index: service.repository.index)
  }

  static func document(
    isReady: Bool, uptime: Duration, server: ServerSnapshot?, models: [ModelSnapshot],
    index: [RepositoryEntry]
  ) -> String {
    var writer = JSONWriter()
    writer.object {
      $0.member("schema", "hi.live/1")
      $0.key("isReady")
      $0.boolean(isReady)
      $0.key("uptimeSeconds")
      $0.number(uptime / .seconds(1))
      if let server {
        $0.key("connections")
        write(server, to: &$0)
      }
      $0.key("models")
      $0.array {
        for model in models { write(model, to: &$0) }
        for entry in index where entry.state == .unavailable {
          $0.object {
            $0.member("name", entry.name)
            $0.member("version", entry.version)
            $0.member("reason", entry.reason)
          }
        }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func write(_ server: ServerSnapshot, to writer: inout JSONWriter) {
    let answered = server.counts.answered
    write(
      [
        ("open", server.openConnections), ("taken", server.counts.connections),
        ("refused", server.counts.refusedConnections),
        ("badRequest", answered[.badRequest] ?? 0),
        ("notAuthorised", answered[.notAuthorised] ?? 0),
      ], to: &writer)
  }

  private static func write(_ model: ModelSnapshot, to writer: inout JSONWriter) {
    writer.object {
      $0.member("name", model.name)
      $0.member("version", model.version)
      $0.key("requests")
      write(
        [
          ("answered", model.requests.answered), ("overloaded", model.requests.overloaded),
          ("expired", model.requests.expired), ("failed", model.requests.failed),
        ], to: &$0)
      for (name, count) in [
        ("samples", model.samples), ("executions", model.executions),
        ("waitingRequests", model.waitingRequests), ("waitingSamples", model.waitingSamples),
        ("queueLimit", model.queueLimit), ("workers", model.workers),
        ("busyWorkers", model.busyWorkers),
      ] {
        $0.key(name)
        $0.integer(count)
      }
      for (name, histogram) in [
        ("batchSizes", model.batchSizes), ("queueSeconds", model.queueTime),
        ("computeSeconds", model.computeTime), ("requestSeconds", model.requestTime),
      ] {
        $0.key(name)
        write(histogram, to: &$0)
      }
    }
  }

  private static func write(_ counts: [(String, Int)], to writer: inout JSONWriter) {
    writer.object {
      for (name, count) in counts {
        $0.key(name)
        $0.integer(count)
      }
    }
  }

  private static func write(_ histogram: Histogram, to writer: inout JSONWriter) {
    writer.object {
      $0.key("upperBounds")
      $0.array { for bound in histogram.upperBounds { $0.number(bound) } }
      $0.key("counts")
      $0.array { for count in histogram.counts { $0.integer(count) } }
      $0.key("sum")
      $0.number(histogram.sum)
    }
  }
}
