#if OpenInference
  internal import AsyncHTTPClient
  internal import HITransport
  internal import NIOCore
  internal import NIOHTTP1
  internal import NIOPosix
  internal import Synchronization

  /// The REST side of a client.
  final class HTTPCaller: InferenceCaller {
    private static let responseLimit = 16 << 20

    private let endpoint: OpenInferenceEndpoint
    private let client: HTTPClient
    private let headers: CallHeaders
    private let token: BearerToken?
    private let path = Mutex<String?>(nil)
    private let takesBinaryTensors = Atomic(false)
    /// Whether the last response was none of its request's: its connection may be an answer behind.
    private let isMixedUp = Atomic(false)
    private let isClosed = Atomic(false)

    init(
      endpoint: OpenInferenceEndpoint, headers: CallHeaders, security: ClientSecurity,
      connectTimeout: Duration
    ) {
      self.endpoint = endpoint
      self.headers = headers
      token = security.token
      var configuration = HTTPClient.Configuration()
      configuration.tlsConfiguration = security.tls?.configuration
      configuration.redirectConfiguration = .disallow
      configuration.timeout.connect = TimeAmount(connectTimeout)
      configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
      // Whether to try again is the caller's to decide: one that retries hides a server that is down
      // behind the whole deadline.
      configuration.connectionPool.retryConnectionEstablishment = false
      client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
      path.withLock { $0 = endpoint.model.map { Self.path(model: $0, version: endpoint.version) } }
    }

    deinit {
      // The client insists on being told; what is still open is of no use to anybody.
      if !isClosed.load(ordering: .relaxed) { client.shutdown { _ in } }
    }

    func close() async {
      guard !isClosed.exchange(true, ordering: .relaxed) else { return }
      try? await client.shutdown()
    }

    func interface(
      classCount: Int?, within limit: Duration
    ) async throws(OffloadError) -> RemoteInterface {
      let path = try await modelPath(within: limit)
      let answer = try await call(path, within: limit)
      try headers.check(shown: answer.modelDigest, at: endpoint)
      let interface = try RESTClientCodec.interface(answer.body, classCount: classCount)
      let isBinary = try await hasBinaryExtension(within: limit)
      takesBinaryTensors.store(isBinary, ordering: .relaxed)
      return interface
    }

    /// MLServer, for one, has tensors in JSON only.
    private func hasBinaryExtension(within limit: Duration) async throws(OffloadError) -> Bool {
      do throws(OffloadError) {
        return RESTClientCodec.takesBinaryTensors(
          serverMetadata: try await call("/v2", within: limit).body)
      } catch {
        // Whoever does not say so is given JSON, which everybody takes.
        guard case .rejected = error else { throw error }
        return false
      }
    }

    func infer(
      _ request: OpenInferenceRequest, isGroup: Bool, within limit: Duration
    ) async throws(OffloadError) -> [Tensor] {
      let path = try await modelPath(within: limit)
      let (body, length) = RESTClientCodec.encode(
        request, isBinary: takesBinaryTensors.load(ordering: .relaxed))
      let answer = try await call(
        path + "/infer", body: body, headerLength: length, isInference: true, within: limit)
      do throws(OffloadError) {
        let tensors = try RESTClientCodec.decode(
          answer.body, headerLength: answer.headerLength, answering: request.id)
        isMixedUp.store(false, ordering: .relaxed)
        return tensors
      } catch {
        isMixedUp.store(true, ordering: .relaxed)
        throw error
      }
    }

    private func modelPath(within limit: Duration) async throws(OffloadError) -> String {
      if let path = path.withLock({ $0 }) { return path }
      let index = try await call("/v2/repository/index", body: Array("{}".utf8), within: limit)
      let models = try RESTClientCodec.readyModels(index.body)
      guard let model = models.first, models.count == 1 else {
        throw .noSingleModel(endpoint, found: models)
      }
      let found = Self.path(model: model, version: nil)
      path.withLock { $0 = found }
      return found
    }

    private static func path(model: String, version: String?) -> String {
      "/v2/models/\(PathSegment.encoded(model))"
        + (version.map { "/versions/\(PathSegment.encoded($0))" } ?? "")
    }

    private struct Answer {
      let body: [UInt8]
      let headerLength: Int?
      let modelDigest: String?
    }

    private func call(
      _ path: String, body: [UInt8]? = nil, headerLength: Int? = nil, isInference: Bool = false,
      within limit: Duration
    ) async throws(OffloadError) -> Answer {
      var request = HTTPClientRequest(url: endpoint.base + path)
      if let token {
        request.headers.add(name: "Authorization", value: "Bearer \(token.characters)")
      }
      if let body {
        request.method = .POST
        request.body = .bytes(ByteBuffer(bytes: body))
        request.headers.add(
          name: "Content-Type",
          value: headerLength == nil ? "application/json" : "application/octet-stream")
      }
      if let headerLength {
        request.headers.add(name: "Inference-Header-Content-Length", value: "\(headerLength)")
      }
      // A connection that is an answer behind would stay so: each ends after its next answer until one
      // is right.
      if isMixedUp.load(ordering: .relaxed) {
        request.headers.add(name: "Connection", value: "close")
      }
      if isInference {
        for (name, value) in headers.values { request.headers.add(name: name, value: value) }
      }
      let status: Int
      let answer: Answer
      do {
        let response = try await client.execute(request, deadline: .now() + TimeAmount(limit))
        let buffer = try await response.body.collect(upTo: Self.responseLimit)
        status = Int(response.status.code)
        answer = Answer(
          body: Array(buffer.readableBytesView),
          headerLength: response.headers.first(name: "Inference-Header-Content-Length").flatMap {
            Int($0)
          }, modelDigest: response.headers.first(name: ModelDigestHeader.name))
      } catch {
        throw failure(error)
      }
      guard status == 200 else {
        throw RESTClientCodec.failure(status: status, body: answer.body)
      }
      return answer
    }

    /// What keeps a connection from being of use, in words without a full stop.
    static func words(of error: any Error) -> String {
      if error is HTTPParserError { return "it does not speak HTTP on this port" }
      if error is HTTPClientError { return "nobody answered within the connect time-out" }
      return "\(ConnectFailure(error))"
    }

    private func failure(_ error: any Error) -> OffloadError {
      if error is CancellationError { return .cancelled }
      if error is NIOTooManyBytesError {
        return .protocolViolation(
          "The response has more than \(Self.responseLimit) bytes, too many for one sample.")
      }
      switch error as? HTTPClientError {
      case .deadlineExceeded?, .readTimeout?, .writeTimeout?: return .deadlineExceeded
      case .cancelled?, .alreadyShutdown?: return .connectionClosed
      case .remoteConnectionClosed?: return .connectionClosed
      case .connectTimeout?, .getConnectionFromPoolTimeout?, .tlsHandshakeTimeout?, nil:
        return .unreachable("\(endpoint.base) cannot be reached: \(Self.words(of: error))")
      case let other?:
        return .protocolViolation("\(endpoint.base) broke HTTP: \(other).")
      }
    }
  }
#endif
