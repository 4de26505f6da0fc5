#if OpenInference
  public import HIData
  public import HITransport
  internal import NIOCore
  internal import Synchronization
  public import Tracing

  /// A remote model behind the Open Inference Protocol: Triton, KServe, MLServer, OpenVINO Model Server
  /// or this project's own server, over REST or gRPC.
  ///
  ///     let endpoint = try OpenInferenceEndpoint("http://127.0.0.1:8000/fashion-remote")
  ///     let remote = OpenInferenceRemoteModel(endpoint: endpoint)
  ///     let answer = try await remote.classify(sample, deadline: .milliseconds(100))
  ///     await remote.close()
  ///
  /// The first call asks for the model's metadata and chooses its tensors: one input that samples fit,
  /// and `class` with `confidence`, `probabilities`, or the first output with a value a class. The
  /// protocol tells no server times, so those of answers are zero.
  public final class OpenInferenceRemoteModel: RemoteModel {
    /// The server and its model.
    public let endpoint: OpenInferenceEndpoint
    let classCount: Int?
    let caller: any InferenceCaller
    private let interface = Mutex<RemoteInterface?>(nil)
    private let lastNumber = Atomic<UInt64>(.random(in: 0...UInt64.max))

    /// Makes a client; nothing is connected before the first call.
    ///
    /// - Parameters:
    ///   - classCount: how many classes there are; a model that says that it has another number is
    ///     rejected, and an answer of another class or number is a protocol violation. Nil takes any.
    ///   - modelDigest: the model that was agreed on, where one was: a server that shows another, or
    ///     loads another meanwhile, gives `OffloadError.otherModel`. Only this project's servers show one.
    ///   - security: how the server is known, and what it is shown.
    ///   - connectTimeout: the most time for a connection.
    ///   - tracer: tells which trace a call belongs to; nil where nobody traces.
    public init(
      endpoint: OpenInferenceEndpoint, classCount: Int? = nil, modelDigest: String? = nil,
      security: ClientSecurity = ClientSecurity(), connectTimeout: Duration = .seconds(5),
      tracer: (any Tracer)? = nil
    ) {
      self.endpoint = endpoint
      self.classCount = classCount
      let headers = CallHeaders(modelDigest: modelDigest, tracer: tracer)
      caller =
        switch endpoint.scheme {
        case .http, .https:
          HTTPCaller(
            endpoint: endpoint, headers: headers, security: security,
            connectTimeout: connectTimeout)
        case .grpc, .grpcs:
          GRPCCaller(
            endpoint: endpoint, headers: headers, security: security,
            connectTimeout: connectTimeout)
        }
    }

    /// Asks the server for a sample's class.
    public func classify(
      _ sample: Sample, deadline: Duration
    ) async throws(OffloadError) -> RemoteAnswer {
      let end = Self.end(of: deadline)
      return try await Self.call(until: end) { () throws(OffloadError) in
        let interface = try await self.knownInterface(until: end)
        let left = end - .now
        guard left > .zero else { throw .deadlineExceeded }
        let request = try interface.request(for: sample, deadline: left)
        let outputs = try await self.infer(request, within: left)
        return try self.answer(interface.answer(in: outputs))
      }
    }

    /// An answer whose class there is.
    func answer(
      _ found: (prediction: Int, confidence: Float)
    ) throws(OffloadError) -> RemoteAnswer {
      if let count = classCount, found.prediction >= count {
        throw .protocolViolation(
          "The server answered class \(found.prediction) and there are \(count) classes.")
      }
      return RemoteAnswer(
        prediction: found.prediction, confidence: found.confidence, serverTime: .zero)
    }

    /// Asks for the model's metadata, to find out whether it is there and can be used.
    public func check(deadline: Duration) async throws(OffloadError) {
      let end = Self.end(of: deadline)
      try await Self.call(until: end) { () throws(OffloadError) in
        _ = try await self.knownInterface(until: end)
      }
    }

    /// Lets go of the connections.
    public func close() async { await caller.close() }

    /// Sends a request under a number of its own, which its response has to have too: a proxy that mixes
    /// up answers costs the offload and is never believed.
    func infer(
      _ request: OpenInferenceRequest, isGroup: Bool = false, within limit: Duration
    ) async throws(OffloadError) -> [Tensor] {
      var numbered = request
      numbered.id = "\(lastNumber.wrappingAdd(1, ordering: .relaxed).newValue)"
      return try await caller.infer(numbered, isGroup: isGroup, within: limit)
    }

    func knownInterface(
      until end: ContinuousClock.Instant
    ) async throws(OffloadError) -> RemoteInterface {
      if let known = interface.withLock({ $0 }) { return known }
      let found = try await caller.interface(classCount: classCount, within: end - .now)
      interface.withLock { $0 = found }
      return found
    }

    /// When a call ends that may take so long, a year at most: the transports count microseconds and
    /// nanoseconds in 64 bits.
    static func end(of deadline: Duration) -> ContinuousClock.Instant {
      .now + min(deadline, .seconds(365 * 86_400))
    }

    /// Runs a call and gives up on it at its deadline, or when the caller is cancelled.
    static func call<Value: Sendable>(
      until end: ContinuousClock.Instant,
      _ body: @escaping @Sendable () async throws(OffloadError) -> Value
    ) async throws(OffloadError) -> Value {
      let result = await withTaskGroup(of: Result<Value, OffloadError>.self) { group in
        group.addTask {
          do throws(OffloadError) {
            return .success(try await body())
          } catch {
            return .failure(Task.isCancelled ? .cancelled : error)
          }
        }
        group.addTask {
          do {
            try await Task.sleep(until: end, clock: .continuous)
            return .failure(.deadlineExceeded)
          } catch {
            return .failure(.cancelled)
          }
        }
        let first = await group.next() ?? .failure(.cancelled)
        group.cancelAll()
        return first
      }
      return try result.get()
    }
  }

  /// One of the protocol's transports.
  protocol InferenceCaller: Sendable {
    /// The tensors of the endpoint's model, for a device that knows so many classes; nil for any number.
    func interface(
      classCount: Int?, within limit: Duration
    ) async throws(OffloadError) -> RemoteInterface
    /// The response's tensors; a response to another request is a protocol violation.
    ///
    /// A server that takes no group as large rejects it, whatever the transport's word for that is.
    func infer(
      _ request: OpenInferenceRequest, isGroup: Bool, within limit: Duration
    ) async throws(OffloadError) -> [Tensor]
    /// Lets go of the connections.
    func close() async
  }

  extension OffloadError {
    /// That a server has not exactly one model, where the endpoint names none.
    static func noSingleModel(_ endpoint: OpenInferenceEndpoint, found: [String]) -> OffloadError {
      .rejected(
        "The server at \(endpoint) has \(found.isEmpty ? "no model" : "the models \(found)") and the "
          + "URL names none: add the model's name to it.")
    }
  }
#endif
