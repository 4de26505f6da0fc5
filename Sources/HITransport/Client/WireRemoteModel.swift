public import HIData
internal import HITracing
internal import NIOCore
public import NIOPosix
internal import Synchronization
internal import Tracing

/// A remote model behind the HI wire protocol.
///
///     let remote = WireRemoteModel(endpoint: try RemoteEndpoint("hi://127.0.0.1:9000"))
///     let served = try await remote.describe(deadline: .seconds(1))
///     let answer = try await remote.classify(sample, deadline: .milliseconds(100))
///     await remote.close()
///
/// One connection carries many calls at a time. The first call makes it; when it is lost it is made
/// again in the background, with growing delays, and meanwhile calls end at once with why it was lost:
/// ``OffloadError/unreachable(_:)``, ``OffloadError/otherModel(_:)`` or ``OffloadError/notAuthorised``.
/// Every call gives exactly one outcome by its deadline.
public final class WireRemoteModel: RemoteModel {
  /// The server.
  public let endpoint: RemoteEndpoint

  /// Runs tasks on the connection's thread. A caller that offloads one sample after the other and
  /// prefers it (`withTaskExecutorPreference`) saves two thread changes an offload.
  public let preferredExecutor: (any TaskExecutor)?

  private let configuration: WireClientConfiguration
  private let link: NIOLoopBoundBox<WireLink>
  private let modelTag: UInt64?
  private let lastID = Atomic<UInt32>(0)

  /// Makes a client; nothing is connected before the first call.
  ///
  /// - Parameters:
  ///   - endpoint: the server.
  ///   - configuration: limits and time-outs.
  ///   - group: gives the event loop that does the work; the process's own where not said.
  public init(
    endpoint: RemoteEndpoint, configuration: WireClientConfiguration = WireClientConfiguration(),
    group: MultiThreadedEventLoopGroup = .singleton
  ) {
    let eventLoop = group.next()
    self.endpoint = endpoint
    self.configuration = configuration
    modelTag = configuration.modelDigest.map { WireExtensions.tag(ofModel: $0) }
    preferredExecutor = EventLoopTaskExecutor(eventLoop)
    self.link = .makeBoxSendingValue(
      WireLink(endpoint: endpoint, configuration: configuration, eventLoop: eventLoop),
      eventLoop: eventLoop)
  }

  deinit {
    link.eventLoop.execute { [link] in _ = link.value.close() }
  }

  /// Asks the server for a sample's class.
  ///
  /// - Throws: ``OffloadError/rejected(_:)`` without asking where the sample does not fit a frame.
  public func classify(
    _ sample: Sample, deadline: Duration
  ) async throws(OffloadError) -> RemoteAnswer {
    let started = NIODeadline.now()
    let extensions = self.extensions
    let length =
      WireProtocol.requestHeaderBytes + extensions.kinds.byteCount + 4 * sample.shape.count
      + sample.bytes.count
    guard sample.shape.count <= WireProtocol.maximumRank,
      sample.shape.allSatisfy({ $0 <= UInt32.max }), length <= configuration.maximumFrameLength
    else {
      throw .rejected(
        "A sample of shape \(sample.shape) does not fit a frame of "
          + "\(configuration.maximumFrameLength) bytes and \(WireProtocol.maximumRank) dimensions.")
    }
    let id = nextID()
    let response = try await call(
      id, .infer,
      frame: WireRequest.encoded(inferring: sample, id: id, extensions: extensions),
      deadline: started + TimeAmount(deadline))
    return RemoteAnswer(
      prediction: Int(response.prediction), confidence: response.confidence,
      serverTime: .microseconds(response.microseconds))
  }

  /// Asks whether the server is there.
  public func ping(deadline: Duration) async throws(OffloadError) {
    let id = nextID()
    _ = try await call(
      id, .ping, frame: WireRequest(kind: .ping, id: id).encoded(),
      deadline: .now() + TimeAmount(deadline))
  }

  /// Asks which model is served; later answers outside its classes are protocol violations.
  public func describe(deadline: Duration) async throws(OffloadError) -> ServedModelDescription {
    let id = nextID()
    let response = try await call(
      id, .describe, frame: WireRequest(kind: .describe, id: id).encoded(),
      deadline: .now() + TimeAmount(deadline))
    guard let description = try? ServedModelDescription(json: response.message) else {
      throw .protocolViolation("The server's description of its model is not the JSON expected.")
    }
    let classCount = description.classes.count
    link.eventLoop.execute { [link] in link.value.expect(classCount: classCount) }
    return description
  }

  /// Lets go of the connection; calls under way end with ``OffloadError/connectionClosed``.
  public func close() async {
    try? await link.eventLoop.flatSubmit { [link] in link.value.close() }.get()
  }

  /// What the client has seen so far.
  public func statistics() async -> WireClientStatistics {
    let seen = try? await link.eventLoop.submit { [link] in link.value.statistics }.get()
    return seen ?? WireClientStatistics()
  }

  /// What a request takes along; the link leaves out what the server does not understand.
  private var extensions: WireExtensions {
    var extensions = WireExtensions(modelTag: modelTag)
    if let tracer = configuration.tracer, let context = InstrumentationContext.current {
      extensions.trace = TraceHeaders(of: context, by: tracer).parent
    }
    return extensions
  }

  private func nextID() -> UInt32 {
    let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
    return id == 0 || id >= WireProtocol.identityID ? nextID() : id
  }

  private func call(
    _ id: UInt32, _ kind: WireKind, frame: ByteBuffer, deadline: NIODeadline
  ) async throws(OffloadError) -> WireResponse {
    guard !Task.isCancelled else { throw .cancelled }
    let outcome: WireLink.Outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        link.eventLoop.execute { [link] in
          link.value.begin(id, kind: kind, frame: frame, deadline: deadline, waiter: waiter)
        }
        // A cancellation before the line above found no call to end; one after it finds this one.
        if Task.isCancelled { cancel(id) }
      }
    } onCancel: {
      cancel(id)
    }
    return try outcome.get()
  }

  private func cancel(_ id: UInt32) {
    link.eventLoop.execute { [link] in link.value.cancel(id) }
  }
}
