#if OpenInference
  internal import HTTPTypes
  internal import Hummingbird
  internal import Logging

  /// Turns whatever a route throws into the protocol's error: a JSON object with one sentence.
  ///
  /// Clients report a decoding failure for any other body, so an unknown path has one too.
  struct RESTErrors: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
      _ request: Request, context: BasicRequestContext,
      next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
      do {
        return try await next(request, context)
      } catch let error as OpenInferenceError {
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
        context.logger.error("A request failed", metadata: ["error": "\(error)"])
        return RESTDocuments.error(
          .internalServerError, "The server failed on this request; its log says why.")
      }
    }
  }
#endif
