internal import HITracing
internal import Tracing

/// The span of one attempt of an offload: a client's, whose server's span is its child.
struct AttemptSpan: Sendable {
  private let span: any Span

  /// Begins it, within the sample's.
  init(_ number: Int, isHedge: Bool, endpoint: String, by tracer: any Tracer) {
    span = tracer.startSpan(
      "offload", context: .current ?? .topLevel, ofKind: .client, at: TraceInstant.now)
    guard span.isRecording else { return }
    span.updateAttributes {
      $0["hi.endpoint"] = endpoint
      $0["hi.attempt"] = number + 1
      $0["hi.attempt.kind"] = isHedge ? "hedge" : number == 0 ? "first" : "retry"
      let (address, port) = Self.address(in: endpoint)
      $0["server.address"] = address
      if let port { $0["server.port"] = port }
    }
  }

  /// Runs the attempt and ends the span with it.
  func within(
    _ body: () async throws(OffloadError) -> RemoteAnswer
  ) async throws(OffloadError) -> RemoteAnswer {
    let result = await InstrumentationContext.$current.withValue(span.context) {
      () async -> Result<RemoteAnswer, OffloadError> in
      do throws(OffloadError) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    if span.isRecording {
      switch result {
      case .success: span.attributes["hi.status"] = "ok"
      case .failure(let error):
        span.updateAttributes {
          $0["hi.status"] = error.reason
          $0["error.type"] = error.reason
        }
        span.setStatus(SpanStatus(code: .error, message: "\(error)"))
      }
    }
    span.end(at: TraceInstant.now)
    return try result.get()
  }

  /// Host and port of a URL; the whole text where it is none.
  private static func address(in endpoint: String) -> (String, Int?) {
    guard let scheme = endpoint.firstRange(of: "://") else { return (endpoint, nil) }
    let authority = endpoint[scheme.upperBound...].prefix { $0 != "/" }
    guard let colon = authority.lastIndex(of: ":"),
      let port = Int(authority[authority.index(after: colon)...])
    else { return (String(authority), nil) }
    return (authority[..<colon].filter { $0 != "[" && $0 != "]" }, port)
  }
}
