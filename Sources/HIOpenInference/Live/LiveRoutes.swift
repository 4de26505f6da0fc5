#if OpenInference
  internal import HTTPTypes
  internal import Hummingbird
  internal import NIOCore
  internal import ServiceLifecycle

  /// The live page and the stream of figures that it draws.
  ///
  /// The page itself says nothing of the server, so it needs no token; the figures do.
  struct LiveRoutes: Sendable {
    /// The path of the page, open to all.
    static let page = "/"
    let service: OpenInferenceService
    let streams: LiveStreams
    /// The time between two events.
    let interval: Duration

    func add(to router: Router<RESTContext>) {
      router.get("") { _, _ in Self.document() }
      router.get("live/events") { _, _ in events() }
    }

    private static func document() -> Response {
      Response(
        status: .ok,
        headers: [
          .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
          .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; "
            + "script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'",
        ],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.live_html)))
    }

    private func events() -> Response {
      guard let place = streams.enter() else {
        return RESTDocuments.error(
          .serviceUnavailable,
          "\(streams.limit) live pages are open and more are not served; close one."
        ).response
      }
      let body = ResponseBody { writer in
        // Leaves when the stream ends, whichever way.
        defer { place.leave() }
        while true {
          let document = LiveFigures.document(of: service)
          try await writer.write(ByteBuffer(string: "data: \(document)\n\n"))
          do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
          } catch {
            // The server ends: so does the stream, or nobody's answers would be the last.
            break
          }
          if Task.isShuttingDownGracefully { break }
        }
        try await writer.finish(nil)
      }
      return Response(
        status: .ok,
        headers: [
          .contentType: "text/event-stream", .cacheControl: "no-store",
          .xContentTypeOptions: "nosniff",
        ], body: body)
    }
  }
#endif
