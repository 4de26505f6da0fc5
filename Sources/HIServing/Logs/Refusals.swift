public import Logging
internal import NIOCore
internal import Synchronization

/// The way by which a request came.
public enum FrontEnd: String, Sendable, CaseIterable {
  /// The HI wire protocol.
  case wire
  /// Raw mode.
  case raw
  /// REST.
  case http
  /// gRPC.
  case grpc
}

/// Requests without an answer: each is counted, and some are logged.
///
/// A server that refuses thousands of requests a second must not write thousands of lines: beyond a
/// few a second lines are left out, and the next one says how many.
public final class Refusals: Sendable {
  /// What is counted apart.
  public struct Kind: Sendable, Hashable {
    /// The way by which the request came.
    public let frontEnd: FrontEnd
    /// The protocol's own word for the refusal: a name, or HTTP's number.
    public let status: String
  }

  private struct State {
    var counts: [Kind: Int] = [:]
    var allowance: LineAllowance
  }

  private let logger: Logger?
  private let state: Mutex<State>

  /// Counts, and logs where a logger is given.
  ///
  /// - Parameters:
  ///   - logger: writes the lines; nil only counts.
  ///   - linesPerSecond: how many are logged at most, in the long run and at once.
  public init(logger: Logger? = nil, linesPerSecond: Int = 10) {
    self.logger = logger
    state = Mutex(State(allowance: LineAllowance(perSecond: linesPerSecond, now: .now())))
  }

  /// How many there were.
  public var counts: [Kind: Int] { state.withLock { $0.counts } }

  /// Takes note of one.
  ///
  /// - Parameters:
  ///   - frontEnd: where the request came in.
  ///   - status: the answer's, in the front end's own terms.
  ///   - isOwnFault: whether the server failed, rather than the client or the load on it.
  ///   - target: what was asked for: a path, or a call's name.
  ///   - peer: the client's address.
  ///   - reason: what the client is told.
  public func note(
    _ frontEnd: FrontEnd, status: String, isOwnFault: Bool = false, target: String? = nil,
    peer: String? = nil, reason: String
  ) {
    let suppressed = state.withLock { state -> Int? in
      state.counts[Kind(frontEnd: frontEnd, status: status), default: 0] += 1
      return state.allowance.take(at: .now())
    }
    guard let logger, let suppressed else { return }
    var metadata: Logger.Metadata = [
      "protocol": .string(frontEnd.rawValue), "status": .string(status),
    ]
    if let target { metadata["target"] = .string(target) }
    if let peer { metadata["peer"] = .string(peer) }
    if suppressed > 0 { metadata["suppressed"] = .stringConvertible(suppressed) }
    // What a client sends can be in its refusal: one line stays one line, and a short one.
    let line = reason.prefix(300).split(whereSeparator: \.isNewline).joined(separator: " ")
    logger.log(
      level: isOwnFault ? .error : .warning,
      "\(isOwnFault ? "request failed" : "request refused"): \(line)", metadata: metadata)
  }
}

/// How many lines may be written: so many a second, and as many at once.
struct LineAllowance {
  private let perSecond: Int
  private var left: Double
  private var last: NIODeadline
  private var suppressed = 0

  init(perSecond: Int, now: NIODeadline) {
    self.perSecond = perSecond
    left = Double(perSecond)
    last = now
  }

  /// Whether a line may be written now: how many were left out since the last; nil where not.
  mutating func take(at now: NIODeadline) -> Int? {
    let seconds = Double(max(0, (now - last).nanoseconds)) / 1e9
    left = min(Double(perSecond), left + seconds * Double(perSecond))
    last = max(last, now)
    guard left >= 1 else {
      suppressed += 1
      return nil
    }
    left -= 1
    defer { suppressed = 0 }
    return suppressed
  }
}
