#if OpenInference
  internal import HIServing
  internal import HTTPTypes
  internal import Hummingbird

  /// Turns whatever a route throws into the protocol's error: a JSON object with one sentence.
  ///
  /// Clients report a decoding failure for any other body, so an unknown path has one too.
  struct RESTErrors: RouterMiddleware {
    typealias Context = RESTContext

    let refusals: Refusals

    func handle(
      _ request: Request, context: RESTContext,
      next: (Request, RESTContext) async throws -> Response
    ) async throws -> Response {
      var reason: String?
      let response = try await answer(request, context: context, reason: &reason, next: next)
      // A server that is not ready says so to every probe, which is no refusal.
      if response.status.code >= 400, !request.uri.path.hasPrefix("/v2/health/") {
        refusals.note(
          .http, status: "\(response.status.code)", isOwnFault: response.status.code == 500,
          target: "\(request.method.rawValue) \(request.uri.path.prefix(200))", peer: context.peer,
          reason: reason ?? response.status.reasonPhrase)
      }
      return response
    }

    private func answer(
      _ request: Request, context: RESTContext, reason: inout String?,
      next: (Request, RESTContext) async throws -> Response
    ) async throws -> Response {
      do {
        return try await next(request, context)
      } catch let error as OpenInferenceError {
        reason = error.message
        return RESTDocuments.error(.init(code: error.kind.httpStatus), error.message)
      } catch let error as any HTTPResponseError where error.status == .notFound {
        return RESTDocuments.error(
          .notFound,
          "There is no \(request.method.rawValue) \(request.uri.path) here; see GET /v2 for what the "
            + "server has.")
      } catch let error as any HTTPResponseError {
        return RESTDocuments.error(
          error.status, "The request was refused: \(error.status.reasonPhrase.lowercased()).")
      } catch is CancellationError {
        return RESTDocuments.error(.serviceUnavailable, "The server is shutting down.")
      } catch {
        reason = "\(error)"
        return RESTDocuments.error(
          .internalServerError, "The server failed on this request; its log says why.")
      }
    }
  }
#endif
