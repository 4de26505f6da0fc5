#if OpenInference
  internal import Foundation
  internal import HIServing
  internal import HTTPTypes
  internal import HummingbirdCore
  internal import NIOCore

  /// What answers the requests to infer that come over REST, whatever connection they come by.
  struct RESTInference: Sendable {
    let service: OpenInferenceService
    let configuration: OpenInferenceConfiguration

    /// A request whose headers are there and whose body may come.
    struct Admitted: Sendable {
      let model: ServedModel
      let headers: HTTPFields
      let compression: BodyCompression?
    }

    /// Decides by a request's headers whether its body is wanted.
    func admit(
      _ head: HTTPRequest, for target: RESTInferenceTarget
    ) -> Result<Admitted, RESTFailure> {
      do {
        let headers = head.headerFields
        if let tokens = configuration.tokens, !tokens.admits(authorization: headers[.authorization])
        {
          throw RESTFailure.unauthorised
        }
        let model = try service.model(named: target.model, version: target.version)
        try ModelDigestHeader.check(headers[named: .modelDigest], model)
        let compression = try RESTBody.compression(headers)
        try RESTBody.checkLength(headers, limit: configuration.maximumBodyBytes)
        return .success(Admitted(model: model, headers: headers, compression: compression))
      } catch {
        return .failure(target.failure(error))
      }
    }

    /// Answers a request that is there whole.
    func answer(_ request: Admitted, body: ByteBuffer, trace: RequestTrace?) async throws
      -> RESTAnswer
    {
      let body = try await RESTBody.bytes(
        body, request.compression, limit: configuration.maximumBodyBytes)
      let length = try RESTBody.headerLength(request.headers)
      let parsed = try await FrontendExecutor.elsewhere(ifMore: body.count) {
        try Self.parsed(body, headerLength: length, for: request.model)
      }
      let response = try await service.infer(
        on: request.model, parsed.request, within: nil, trace: trace)
      return await FrontendExecutor.elsewhere(ifMore: response.byteCount) {
        RESTBody.answer(RESTResponse(response, to: parsed), to: request.headers)
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
    init?(_ head: HTTPRequest) {
      guard head.method == .post, let target = head.path else { return nil }
      let path = URI(target).path
      let parts = path.split(separator: "/")
      guard parts.count == 4 || (parts.count == 6 && parts[3] == "versions"),
        parts[0] == "v2", parts[1] == "models", parts.last == "infer"
      else { return nil }
      self.path = path
      model = parts[2].unquoted
      version = parts.count == 6 ? parts[4].unquoted : nil
    }

    func failure(_ error: any Error) -> RESTFailure {
      RESTFailure(error, method: .post, path: path)
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
