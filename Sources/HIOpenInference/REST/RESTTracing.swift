#if OpenInference
  internal import HIServing
  internal import HITracing
  internal import HTTPTypes
  internal import Hummingbird
  internal import Tracing

  extension HTTPField.Name {
    static let traceParent = HTTPField.Name(TraceHeaders.parentName)
    static let traceState = HTTPField.Name(TraceHeaders.stateName)
    static let modelDigest = HTTPField.Name(ModelDigestHeader.name)
  }

  extension HTTPFields {
    /// A field's value under a name that may be none.
    subscript(named name: HTTPField.Name?) -> String? {
      get { name.flatMap { self[$0] } }
      set { if let name { self[name] = newValue } }
    }
  }

  /// Makes a span of every request to infer, with OpenTelemetry's names for HTTP.
  struct RESTTracing: RouterMiddleware {
    typealias Context = RESTContext

    let tracer: any Tracer

    func handle(
      _ request: Request, context: RESTContext,
      next: (Request, RESTContext) async throws -> Response
    ) async throws -> Response {
      guard request.method == .post, request.uri.path.hasSuffix("/infer") else {
        return try await next(request, context)
      }
      let headers = TraceHeaders(
        parent: request.headers[named: .traceParent], state: request.headers[named: .traceState])
      let trace = RequestTrace(
        "POST /v2/models/{model}/infer", context: headers.context(by: tracer), by: tracer)
      trace.describe {
        $0["http.request.method"] = "POST"
        $0["url.path"] = String(request.uri.path.prefix(200))
        $0["url.scheme"] = request.head.scheme ?? "http"
        $0["network.protocol.name"] = "http"
        $0["hi.front_end"] = FrontEnd.http.rawValue
      }
      let response = try await CurrentRequest.$trace.withValue(trace) {
        try await next(request, context)
      }
      let status = response.status
      trace.describe { $0["http.response.status_code"] = status.code }
      trace.end(
        status.code < 400 ? "ok" : "\(status.code)",
        failure: status.code < 400 ? nil : status.reasonPhrase)
      return response
    }
  }

  /// The request that the present task answers.
  enum CurrentRequest {
    @TaskLocal static var trace: RequestTrace?
  }
#endif
