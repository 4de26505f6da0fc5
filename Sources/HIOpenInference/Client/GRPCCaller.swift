#if OpenInference
  internal import GRPCCore
  internal import GRPCNIOTransportHTTP2Posix
  internal import HITransport
  internal import NIOCore
  internal import SwiftProtobuf
  internal import Synchronization

  internal import struct Foundation.Data

  /// The gRPC side of a client.
  final class GRPCCaller: InferenceCaller {
    private typealias Client = GRPCClient<HTTP2ClientTransport.Posix>
    private typealias Service = Inference_GRPCInferenceService.Client<HTTP2ClientTransport.Posix>

    private let endpoint: OpenInferenceEndpoint
    private let headers: CallHeaders
    private let security: ClientSecurity
    private let connectTimeout: Duration
    private let client: Mutex<Result<Client, OffloadError>?> = Mutex(nil)
    private let model: Mutex<String?>

    init(
      endpoint: OpenInferenceEndpoint, headers: CallHeaders, security: ClientSecurity,
      connectTimeout: Duration
    ) {
      self.endpoint = endpoint
      self.headers = headers
      self.connectTimeout = connectTimeout
      self.security = security
      model = Mutex(endpoint.model)
    }

    deinit { close(client.withLock { $0 }) }

    func close() async {
      let current = client.withLock { client in
        defer { client = .failure(.connectionClosed) }
        return client
      }
      close(current)
    }

    private func close(_ client: Result<Client, OffloadError>?) {
      if case .success(let client)? = client { client.beginGracefulShutdown() }
    }

    /// The service, whose connection runs from the first call on.
    private func service() throws(OffloadError) -> Service {
      let result = client.withLock { current -> Result<Client, OffloadError> in
        if let current { return current }
        let made = start()
        current = made
        return made
      }
      return Service(wrapping: try result.get())
    }

    private func start() -> Result<Client, OffloadError> {
      let connectLimit = TimeAmount(connectTimeout)
      let isIPv4 = endpoint.host.allSatisfy { $0.isNumber || $0 == "." }
      do {
        let transport = try HTTP2ClientTransport.Posix(
          target: endpoint.host.contains(":")
            ? .ipv6(address: endpoint.host, port: endpoint.port)
            : isIPv4
              ? .ipv4(address: endpoint.host, port: endpoint.port)
              : .dns(host: endpoint.host, port: endpoint.port),
          transportSecurity: endpoint.scheme.isEncrypted
            ? .tls(Self.tls(security.tls)) : .plaintext,
          config: .defaults {
            // A server that is back is found as soon as over the other protocols.
            $0.backoff.initial = .milliseconds(50)
            $0.backoff.max = .seconds(2)
            // The server knows better how many idle connections it can hold; and as of
            // grpc-swift-nio-transport 2.9.2 a connection with this timer is never freed where it fails
            // before it is up, which a server that is down would make of every attempt.
            $0.connection.maxIdleTime = nil
            $0.channelDebuggingCallbacks.onCreateTCPConnection = {
              GRPCConnectLimit.watch($0, limit: connectLimit)
            }
          })
        let client = Client(
          transport: transport, interceptors: security.token.map { [TokenShowing(token: $0)] } ?? []
        )
        Task.detached { try? await client.runConnections() }
        return .success(client)
      } catch {
        return .failure(.unreachable("\(endpoint.base) cannot be reached: \(error)"))
      }
    }

    private static func tls(
      _ tls: ClientTLS?
    ) -> HTTP2ClientTransport.Posix.TransportSecurity.TLS {
      .defaults {
        if let authorities = tls?.authorities {
          $0.trustRoots = .certificates([.file(path: authorities, format: .pem)])
        }
        if let certificate = tls?.certificate, let key = tls?.key {
          $0.certificateChain = [.file(path: certificate, format: .pem)]
          $0.privateKey = .file(path: key, format: .pem)
        }
      }
    }

    func interface(
      classCount: Int?, within limit: Duration
    ) async throws(OffloadError) -> RemoteInterface {
      let name = try await modelName(within: limit)
      let service = try service()
      let (metadata, digest) = try await call {
        try await service.modelMetadata(
          request: ClientRequest(
            message: .with {
              $0.name = name
              $0.version = self.endpoint.version ?? ""
            }), options: Self.options(limit)
        ) { (try $0.message, $0.metadata.text(ModelDigestHeader.name)) }
      }
      try headers.check(shown: digest, at: endpoint)
      func tensors(
        _ tensors: [Inference_ModelMetadataResponse.TensorMetadata]
      ) -> [RemoteInterface.TensorMetadata] {
        tensors.map {
          .init(name: $0.name, datatype: $0.datatype, shape: $0.shape.map { Int($0) })
        }
      }
      return try RemoteInterface(
        inputs: tensors(metadata.inputs), outputs: tensors(metadata.outputs),
        classCount: classCount)
    }

    func infer(
      _ request: OpenInferenceRequest, isGroup: Bool, within limit: Duration
    ) async throws(OffloadError) -> [Tensor] {
      var message = Inference_ModelInferRequest(request)
      message.modelName = try await modelName(within: limit)
      message.modelVersion = endpoint.version ?? ""
      let service = try service()
      var metadata = Metadata()
      for (name, value) in headers.values { metadata.addString(value, forKey: name) }
      let response = try await call(isGroup: isGroup) { [message, metadata] in
        try await service.modelInfer(
          request: ClientRequest(message: message, metadata: metadata),
          options: Self.options(limit))
      }
      try OffloadError.check(response: response.id, to: request.id)
      return try response.tensors()
    }

    private func modelName(within limit: Duration) async throws(OffloadError) -> String {
      if let model = model.withLock({ $0 }) { return model }
      let service = try service()
      let index = try await call {
        try await service.repositoryIndex(
          .with { $0.ready = true }, options: Self.options(limit))
      }
      let models = Set(index.models.map(\.name)).sorted()
      guard let found = models.first, models.count == 1 else {
        throw .noSingleModel(endpoint, found: models)
      }
      model.withLock { $0 = found }
      return found
    }

    private static func options(_ limit: Duration) -> CallOptions {
      var options = CallOptions.defaults
      options.timeout = max(.zero, limit)
      // An offload that cannot be made now is answered here.
      options.waitForReady = false
      return options
    }

    private func call<Message: Sendable>(
      isGroup: Bool = false, _ body: @Sendable () async throws -> Message
    ) async throws(OffloadError) -> Message {
      do {
        return try await body()
      } catch let error as RPCError {
        throw Self.failure(error, of: endpoint.base, isGroup: isGroup && !Task.isCancelled)
      } catch is CancellationError {
        throw .cancelled
      } catch {
        throw .unreachable("\(endpoint.base) cannot be reached: \(error)")
      }
    }

    /// What an error means for an offload.
    ///
    /// - Parameters:
    ///   - base: where the server is.
    ///   - isGroup: whether it is the server's answer to several samples in one request.
    static func failure(
      _ error: RPCError, of base: String, isGroup: Bool = false
    ) -> OffloadError {
      if isGroup, isRefusalOfSize(error) { return .rejected(error.message) }
      return switch error.code {
      case .cancelled: .cancelled
      case .deadlineExceeded: .deadlineExceeded
      case .resourceExhausted: .overloaded
      case .unauthenticated, .permissionDenied: .notAuthorised
      case .failedPrecondition: .otherModel(error.message)
      case .internalError, .unknown, .dataLoss: .modelFailed(error.message)
      case .unavailable:
        // The server's own refusal comes without a cause; the transport's has one.
        error.cause == nil
          && !["channel", "connection"].contains { error.message.lowercased().contains($0) }
          ? .overloaded : .unreachable("\(base) cannot be reached: \(error.message)")
      default: .rejected(error.message)
      }
    }

    /// Whether the request may have been too large: servers say that their resources are exhausted, or end
    /// the call, which the transport says in words alone.
    private static func isRefusalOfSize(_ error: RPCError) -> Bool {
      switch error.code {
      case .resourceExhausted, .cancelled: true
      case .unavailable:
        ["RST_STREAM", "closed with error"].contains { error.message.contains($0) }
      default: false
      }
    }
  }

  extension Inference_ModelInferRequest {
    /// The message of a request, its tensors raw.
    init(_ request: OpenInferenceRequest) {
      self.init()
      id = request.id
      if let timeout = request.timeout {
        parameters["timeout"] = .with {
          $0.int64Param = max(1, Int64(timeout / .microseconds(1)))
        }
      }
      for input in request.inputs {
        inputs.append(
          .with {
            $0.name = input.name
            $0.datatype = input.datatype.rawValue
            $0.shape = input.shape.map { Int64($0) }
          })
        rawInputContents.append(Data(input.bytes))
      }
      outputs = request.outputs.map { output in .with { $0.name = output.name } }
    }
  }

  extension Inference_ModelInferResponse {
    /// The tensors of a response: raw, or typed where nothing is raw, as KServe's servers have them.
    func tensors() throws(OffloadError) -> [Tensor] {
      guard rawOutputContents.isEmpty || rawOutputContents.count == outputs.count else {
        throw .protocolViolation(
          "The response has \(outputs.count) outputs and \(rawOutputContents.count) "
            + "raw_output_contents where one for each or none was expected.")
      }
      do throws(OpenInferenceError) {
        var tensors: [Tensor] = []
        for (place, output) in outputs.enumerated() {
          let datatype = try TensorDatatype(named: output.datatype, tensor: output.name)
          let bytes =
            rawOutputContents.isEmpty
            ? try Tensor.bytes(
              of: output.contents, as: datatype, tensor: output.name, role: "output")
            : Array(rawOutputContents[place])
          tensors.append(
            try Tensor(
              name: output.name, datatype: datatype, shape: output.shape.map { Int($0) },
              bytes: bytes))
        }
        return tensors
      } catch {
        throw .protocolViolation(error.message)
      }
    }
  }
#endif
