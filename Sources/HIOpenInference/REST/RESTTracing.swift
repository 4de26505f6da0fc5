#if OpenInference
  internal import HIServing
  internal import HITracing
  internal import HTTPTypes
  internal import Tracing

  extension HTTPField.Name {
    static let modelDigest = HTTPField.Name(ModelDigestHeader.name)
  }

  extension HTTPFields {
    /// A field's value under a name that may be none.
    subscript(named name: HTTPField.Name?) -> String? {
      get { name.flatMap { self[$0] } }
      set { if let name { self[name] = newValue } }
    }
  }

  /// The spans of requests to infer, with OpenTelemetry's names for HTTP.
  enum RESTTracing {
    /// Goes on with the trace of a request's client.
    static func begin(
      _ headers: TraceHeaders, path: String, scheme: String, by tracer: any Tracer
    ) -> RequestTrace {
      let trace = RequestTrace(
        "POST /v2/models/{model}/infer", context: headers.context(by: tracer), by: tracer)
      trace.describe {
        $0["http.request.method"] = "POST"
        $0["url.path"] = String(path.prefix(200))
        $0["url.scheme"] = scheme
        $0["network.protocol.name"] = "http"
        $0["hi.front_end"] = FrontEnd.http.rawValue
      }
      return trace
    }

    static func end(_ trace: RequestTrace, _ status: HTTPResponse.Status) {
      trace.describe { $0["http.response.status_code"] = status.code }
      trace.end(
        status.code < 400 ? "ok" : "\(status.code)",
        failure: status.code < 400 ? nil : status.reasonPhrase)
    }
  }
#endif
