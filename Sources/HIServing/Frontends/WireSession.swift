internal import HITransport
internal import NIOCore

/// A connection that speaks the HI wire protocol.
struct WireSession: ServingSession {
  private let gate: SampleGate
  private let maximumInFlight: Int
  private let descriptionDocument: String
  private var decoder: WireFrameDecoder

  init(
    gate: SampleGate, descriptionDocument: String, maximumInFlight: Int, maximumFrameLength: Int
  ) {
    self.gate = gate
    self.maximumInFlight = maximumInFlight
    self.descriptionDocument = descriptionDocument
    self.decoder = WireFrameDecoder(
      minimumLength: WireProtocol.requestHeaderBytes,
      maximumLength: gate.frameLimit(atMost: maximumFrameLength))
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
      let reply = Self.reply(
        WireResponse(
          kind: .infer, status: .badRequest, id: error.id, message: error.description))
      return error.endsConnection ? .end(reply) : .reply(reply)
    }
  }

  private func step(for request: WireRequest, inFlight: Int, isDraining: Bool) -> ServingStep {
    switch request.kind {
    case .ping:
      return .reply(Self.reply(WireResponse(kind: .ping, id: request.id)))
    case .describe:
      return .reply(
        Self.reply(
          WireResponse(kind: .describe, id: request.id, message: descriptionDocument)))
    case .infer:
      switch gate.sample(of: request) {
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
          sample, deadlineMilliseconds: request.deadlineMilliseconds, ticket: request.id)
      }
    }
  }

  func answer(_ ticket: UInt32, _ outcome: InferenceOutcome) -> ServingReply {
    switch outcome {
    case .answer(let prediction, let confidence, let microseconds):
      guard let prediction = UInt32(exactly: prediction) else {
        return Self.reply(
          WireResponse(
            kind: .infer, status: .modelFailed, id: ticket,
            message: "The model answered class \(prediction), which is none."))
      }
      return Self.reply(
        WireResponse(
          kind: .infer, id: ticket, prediction: prediction, confidence: confidence,
          microseconds: microseconds))
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

  func refusal(_ ticket: UInt32) -> ServingReply {
    Self.overloaded(ticket, "The server's queue is full.")
  }

  /// The refusal of a connection, before anything was read from it.
  static func refusalOfConnection() -> ServingReply {
    overloaded(0, "The server has as many connections as it takes.")
  }

  private static func overloaded(_ id: UInt32, _ message: String) -> ServingReply {
    reply(WireResponse(kind: .infer, status: .overloaded, id: id, message: message))
  }

  private static func reply(_ response: WireResponse) -> ServingReply {
    ServingReply(bytes: response.encoded(), status: response.status)
  }
}
