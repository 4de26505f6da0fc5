#if OpenInference
  internal import Foundation
  internal import HIServing
  internal import HITracing
  internal import HTTPTypes
  internal import HummingbirdCore
  internal import NIOCore
  internal import NIOHTTP1
  internal import Tracing

  /// What answers the requests to infer that come over REST, whatever connection they come by.
  struct RESTInference: Sendable {
    let service: OpenInferenceService
    let configuration: OpenInferenceConfiguration

    /// A request whose headers are there and whose body may come.
    struct Admitted: Sendable {
      let model: ServedModel
      let compression: BodyCompression?
      /// How long the JSON part of the body is; nil where it is all of it.
      let headerLength: Int?
      /// What the client likes the answer to be compressed by, as it said it.
      let acceptedEncodings: String?
    }

    /// Decides by a request's headers whether its body is wanted.
    func admit(
      _ head: HTTPRequestHead, for target: RESTInferenceTarget
    ) -> Result<Admitted, RESTFailure> {
      do {
        let headers = head.headers
        if let tokens = configuration.tokens,
          !tokens.admits(authorization: headers[joined: "authorization"])
        {
          throw RESTFailure.unauthorised
        }
        let model = try service.model(named: target.model, version: target.version)
        try ModelDigestHeader.check(headers[joined: ModelDigestHeader.name], model)
        let compression = try BodyCompression(
          contentEncoding: headers[joined: "content-encoding"])
        try RESTBody.check(announcedLength(head), limit: configuration.maximumBodyBytes)
        return .success(
          Admitted(
            model: model, compression: compression,
            headerLength: try RESTBody.headerLength(headers[joined: RESTBody.headerLengthName]),
            acceptedEncodings: headers[joined: "accept-encoding"]))
      } catch {
        return .failure(target.failure(error))
      }
    }

    /// How many bytes a request's body will have; nil where its headers do not say.
    func announcedLength(_ head: HTTPRequestHead) -> Int? {
      head.headers.first(name: "content-length").flatMap { Int($0) }
    }

    /// Goes on with the trace of a request's client.
    func trace(
      _ head: HTTPRequestHead, _ target: RESTInferenceTarget, by tracer: any Tracer
    ) -> RequestTrace {
      RESTTracing.begin(
        TraceHeaders(
          parent: head.headers[joined: TraceHeaders.parentName],
          state: head.headers[joined: TraceHeaders.stateName]),
        path: target.path, scheme: configuration.tls == nil ? "http" : "https", by: tracer)
    }

    /// Answers a request that is there whole, as far as that is no work for an event loop.
    ///
    /// - Parameter reply: is told the answer or the failure, once: on another thread, or on this one before this
    ///   returns.
    /// - Returns: what is to be done instead; nil where `reply` is told.
    /// - Throws: why the request is refused; `reply` is not told then.
    func answerBriefly(
      _ request: Admitted, body: ByteBuffer, trace: RequestTrace?,
      reply: @escaping @Sendable (BriefAnswer) -> Void
    ) throws -> LongWork? {
      guard request.compression == nil, body.readableBytes <= FrontendExecutor.lightBytes else {
        return .body
      }
      let parsed = try Self.parsed(
        Array(body.readableBytesView), headerLength: request.headerLength, for: request.model)
      let call = InferenceCall(parsed.request, on: request.model, within: nil)
      guard !call.isLongToPrepare else { return .samples(parsed) }
      trace?.describe(request.model)
      let inference = try call.prepared(maximumSamples: service.maximumSamples)
      request.model.infer(
        inference.samples, priority: inference.priority, deadline: inference.deadline, trace: trace
      ) {
        reply(
          BriefAnswer(
            result: $0, inference: inference, parsed: parsed,
            acceptedEncodings: request.acceptedEncodings))
      }
      return nil
    }

    /// What of a request is too long for an event loop.
    enum LongWork {
      /// To read its body.
      case body
      /// To make its samples.
      case samples(RESTRequest)
    }

    /// What a model has answered, on its way to a body.
    struct BriefAnswer: Sendable {
      fileprivate let result: Result<[ModelAnswer], InferenceFailure>
      fileprivate let inference: PreparedInference
      fileprivate let parsed: RESTRequest
      fileprivate let acceptedEncodings: String?

      /// Whether the body takes longer to write than an event loop has time for.
      var isLong: Bool { inference.mostResponseBytes > FrontendExecutor.lightBytes }

      /// Writes the body.
      var answer: Result<RESTAnswer, OpenInferenceError> {
        result.mapError { OpenInferenceError($0) }.map {
          RESTBody.answer(
            RESTResponse(inference.response($0), to: parsed), accepted: acceptedEncodings)
        }
      }
    }

    /// Answers a request that is there whole, and does what takes long elsewhere.
    func answer(
      _ request: Admitted, body: ByteBuffer, after work: LongWork, trace: RequestTrace?
    ) async throws -> RESTAnswer {
      let parsed: RESTRequest
      switch work {
      case .samples(let done): parsed = done
      case .body:
        let body = try await RESTBody.bytes(
          body, request.compression, limit: configuration.maximumBodyBytes)
        parsed = try await FrontendExecutor.elsewhere(ifMore: body.count) {
          try Self.parsed(body, headerLength: request.headerLength, for: request.model)
        }
      }
      let response = try await service.infer(
        on: request.model, parsed.request, within: nil, trace: trace)
      return await FrontendExecutor.elsewhere(ifMore: response.byteCount) {
        RESTBody.answer(RESTResponse(response, to: parsed), accepted: request.acceptedEncodings)
      }
    }

    private static func parsed(
      _ body: [UInt8], headerLength: Int?, for model: ServedModel
    ) throws -> RESTRequest {
      guard headerLength == 0 else {
        return try RESTRequest(body: body, headerLength: headerLength)
      }
      let tensor = try ModelInterface(model).tensor(ofRawBody: body)
      return RESTRequest(OpenInferenceRequest(inputs: [tensor]), hasBinaryOutput: true)
    }
  }

  /// What the path of a request to infer names.
  struct RESTInferenceTarget: Sendable, Equatable {
    /// The path, without a query.
    let path: String
    let model: String
    let version: String?

    /// Nil for any other request than one to infer.
    init?(_ head: HTTPRequestHead) {
      guard head.method == .POST else { return nil }
      path = Self.path(of: head.uri)
      let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
      guard parts.count == 4 || (parts.count == 6 && parts[3] == "versions"),
        parts[0] == "v2", parts[1] == "models", parts.last == "infer"
      else { return nil }
      model = parts[2].unquoted
      version = parts.count == 6 ? parts[4].unquoted : nil
    }

    /// The path of what a request asks for: nearly always that, and a query.
    private static func path(of target: String) -> String {
      guard target.utf8.first == UInt8(ascii: "/") else { return URI(target).path }
      let path = target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
      return String(Substring(path))
    }

    func failure(_ error: any Error) -> RESTFailure {
      RESTFailure(error, method: .post, path: path)
    }
  }

  extension HTTPHeaders {
    /// A field's value; of one that stands there more than once, the values with commas between them.
    subscript(joined name: String) -> String? {
      let values = self[name]
      return values.count > 1 ? values.joined(separator: ", ") : values.first
    }
  }

  extension StringProtocol {
    /// A part of a path as its client meant it: clients quote what may not stand in a URL.
    var unquoted: String {
      guard utf8.contains(UInt8(ascii: "%")) else { return String(self) }
      return removingPercentEncoding ?? String(self)
    }
  }
#endif
