internal import HITransport
internal import NIOCore

/// A connection that speaks the HI wire protocol.
struct WireSession: ServingSession {
  static let frontEnd = FrontEnd.wire

  private let source: @Sendable () -> ServedInput?
  private let maximumInFlight: Int
  private let tokens: AcceptedTokens?
  private let frameLimit: Int
  private var decoder: WireFrameDecoder
  /// Whether the client has shown what it has to; until then it can say nothing longer than a token.
  private(set) var isAdmitted: Bool

  /// Makes a session.
  ///
  /// - Parameters:
  ///   - input: what the model takes when the connection comes; it limits the frames.
  ///   - source: what it takes now, nil while it is not loaded; may change between requests.
  ///   - tokens: what the client has to show before anything else; nil where nobody is asked.
  init(
    input: ServedInput, source: @escaping @Sendable () -> ServedInput?, maximumInFlight: Int,
    maximumFrameLength: Int, tokens: AcceptedTokens? = nil
  ) {
    self.source = source
    self.tokens = tokens
    self.isAdmitted = tokens == nil
    self.frameLimit = input.gate.frameLimit(atMost: maximumFrameLength)
    self.maximumInFlight = maximumInFlight
    self.decoder = WireFrameDecoder(
      minimumLength: WireProtocol.requestHeaderBytes,
      maximumLength: tokens == nil
        ? frameLimit : WireProtocol.requestHeaderBytes + WireProtocol.maximumTokenBytes)
  }

  var hasPartialRequest: Bool { decoder.bufferedBytes > 0 }

  var wantsBytes: Bool { true }

  mutating func append(_ bytes: ByteBuffer) {
    decoder.append(bytes)
  }

  mutating func next(inFlight: Int, isDraining: Bool) -> ServingStep {
    do throws(WireViolation) {
      guard let frame = try decoder.next() else { return .wait }
      return step(for: try WireRequest(frame: frame), inFlight: inFlight, isDraining: isDraining)
    } catch {
      // Whatever a stranger says that is not its token ends the connection.
      if !isAdmitted { return .end(Self.notAuthorised(.infer, id: error.id)) }
      let reply = Self.reply(
        WireResponse(
          kind: .infer, status: .badRequest, id: error.id, message: error.description))
      return error.endsConnection ? .end(reply) : .reply(reply)
    }
  }

  private mutating func step(
    for request: WireRequest, inFlight: Int, isDraining: Bool
  ) -> ServingStep {
    guard isAdmitted || request.kind == .authorise else {
      return .end(Self.notAuthorised(request.kind, id: request.id))
    }
    switch request.kind {
    case .authorise: return authorise(request)
    case .ping:
      return .reply(Self.reply(WireResponse(kind: .ping, id: request.id)))
    case .describe:
      guard let input = source() else { return .reply(Self.notLoaded(request)) }
      return .reply(
        Self.reply(WireResponse(kind: .describe, id: request.id, message: input.document)))
    case .infer:
      guard let input = source() else { return .reply(Self.notLoaded(request)) }
      if let tag = request.extensions.modelTag, tag != input.tag {
        return .reply(otherModel(request.id, served: input.gate.description))
      }
      switch input.gate.sample(of: request) {
      case .failure(let refusal):
        return .reply(
          Self.reply(
            WireResponse(
              kind: .infer, status: .badRequest, id: request.id, message: refusal.message)))
      case .success(let sample):
        guard !isDraining, inFlight < maximumInFlight else {
          return .reply(
            Self.overloaded(
              request.id,
              isDraining
                ? "The server is shutting down."
                : "The connection has \(inFlight) requests in flight, its limit."))
        }
        return .infer(
          sample, deadlineMilliseconds: request.deadlineMilliseconds, ticket: request.id,
          extensions: request.extensions)
      }
    }
  }

  /// Takes the client in, or ends: one guess costs a connection.
  private mutating func authorise(_ request: WireRequest) -> ServingStep {
    guard tokens?.admits(request.payload.readableBytesView) ?? true else {
      return .end(
        Self.reply(
          WireResponse(
            kind: .authorise, status: .notAuthorised, id: request.id,
            message: "The server does not know this token.")))
    }
    isAdmitted = true
    decoder.maximumLength = frameLimit
    return .reply(Self.reply(WireResponse(kind: .authorise, id: request.id)))
  }

  func answer(_ ticket: UInt32, _ outcome: InferenceOutcome) -> ServingReply {
    switch outcome {
    case .answered(let answers):
      guard let answer = answers.first, let prediction = UInt32(exactly: answer.prediction) else {
        return Self.reply(
          WireResponse(
            kind: .infer, status: .modelFailed, id: ticket,
            message: "The model gave no class for this sample."))
      }
      return Self.reply(
        WireResponse(
          kind: .infer, id: ticket, prediction: prediction, confidence: answer.confidence,
          microseconds: answer.timing.microseconds))
    case .expired:
      return Self.reply(
        WireResponse(
          kind: .infer, status: .deadlineExceeded, id: ticket,
          message: "The request's deadline passed while it waited in the queue."))
    case .failed(let reason):
      return Self.reply(
        WireResponse(kind: .infer, status: .modelFailed, id: ticket, message: reason))
    }
  }

  func otherModel(_ ticket: UInt32, served: ServedModelDescription) -> ServingReply {
    Self.reply(
      WireResponse(
        kind: .infer, status: .otherModel, id: ticket,
        message: "The server now serves '\(served.name)' (\(served.digest.prefix(19))), another "
          + "model than the one that the request asks for: serve that one again, or calibrate a "
          + "policy for this one."))
  }

  func refusal(_ ticket: UInt32) -> ServingReply {
    Self.overloaded(ticket, "The server's queue is full.")
  }

  /// The refusal of a connection, before anything was read from it.
  static func refusalOfConnection() -> ServingReply {
    overloaded(0, "The server has as many connections as it takes.")
  }

  private static func notLoaded(_ request: WireRequest) -> ServingReply {
    reply(
      WireResponse(
        kind: request.kind, status: .modelFailed, id: request.id,
        message: WireTarget.notLoaded))
  }

  private static func overloaded(_ id: UInt32, _ message: String) -> ServingReply {
    reply(WireResponse(kind: .infer, status: .overloaded, id: id, message: message))
  }

  private static func notAuthorised(_ kind: WireKind, id: UInt32) -> ServingReply {
    reply(
      WireResponse(
        kind: kind, status: .notAuthorised, id: id,
        message: "The server asks for a token: send it first on every connection."))
  }

  private static func reply(_ response: WireResponse) -> ServingReply {
    ServingReply(
      bytes: response.encoded(), status: response.status,
      reason: response.status == .ok ? "" : response.message)
  }
}
