internal import HIData
internal import HITransport
internal import NIOCore

/// One connection's conversation in some protocol: bytes in, requests and bytes out.
///
/// A pure state machine without a channel or a clock; ``ConnectionHandler`` drives it.
protocol ServingSession: Sendable {
  /// What the protocol is called in logs and metrics.
  static var frontEnd: FrontEnd { get }

  /// Adds what the network gave.
  mutating func append(_ bytes: ByteBuffer)

  /// Goes one step forward.
  ///
  /// - Parameters:
  ///   - inFlight: how many of the connection's requests are in the scheduler.
  ///   - isDraining: whether the server takes no more work.
  mutating func next(inFlight: Int, isDraining: Bool) -> ServingStep

  /// The bytes of the answer to the request with this ticket, and the status to count.
  func answer(_ ticket: UInt32, _ outcome: InferenceOutcome) -> ServingReply

  /// The answer to a request for another model than the one that is served now.
  func otherModel(_ ticket: UInt32, served: ServedModelDescription) -> ServingReply

  /// The answer to a request that found the queue full.
  func refusal(_ ticket: UInt32) -> ServingReply

  /// Whether the beginning of a request has come but not its end.
  var hasPartialRequest: Bool { get }

  /// Whether more bytes are of use now.
  var wantsBytes: Bool { get }

  /// Whether the client has shown who it is, or nobody asks.
  var isAdmitted: Bool { get }
}

extension ServingSession {
  /// A protocol whose requests name no model never has one.
  func otherModel(_ ticket: UInt32, served: ServedModelDescription) -> ServingReply {
    refusal(ticket)
  }

  /// Nobody asks.
  var isAdmitted: Bool { true }
}

/// What to do next for a connection.
enum ServingStep {
  /// Nothing until bytes or an outcome come.
  case wait
  /// Write an answer.
  case reply(ServingReply)
  /// Run a request.
  case infer(
    Sample, deadlineMilliseconds: UInt32, ticket: UInt32, extensions: WireExtensions)
  /// Write an answer and end: what follows cannot be read.
  case end(ServingReply)
}

/// An answer as bytes.
struct ServingReply {
  let bytes: ByteBuffer
  let status: WireStatus
  /// Why it is no answer, in words.
  var reason = ""
}
