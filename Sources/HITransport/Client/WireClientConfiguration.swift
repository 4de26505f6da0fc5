public import Tracing

/// How a ``WireRemoteModel`` treats its server.
public struct WireClientConfiguration: Sendable {
  /// How long an attempt to connect may take. A call that waits for it ends by its own deadline
  /// all the same.
  public var connectTimeout: Duration = .seconds(1)
  /// The most requests under way at a time; one more is ``OffloadError/overloaded`` at once.
  public var maximumInFlight = 256
  /// The longest frame sent or accepted, in bytes without the length.
  public var maximumFrameLength = WireProtocol.defaultMaximumFrameLength
  /// How many bytes may wait for a server that does not read; beyond it calls are
  /// ``OffloadError/overloaded`` at once.
  public var maximumUnsentBytes = 4 * 1024 * 1024
  /// The delay before the second attempt to connect; it doubles from there.
  public var initialBackoff: Duration = .milliseconds(50)
  /// The longest delay between attempts to connect.
  public var maximumBackoff: Duration = .seconds(2)
  /// A connection on which requests went unanswered, without one byte received, for so long is given
  /// up and made anew.
  public var silenceLimit: Duration = .seconds(5)
  /// Whether calls that begin together leave together: fewer packets for groups of offloads, for some
  /// microseconds of each call.
  public var gathersCalls = false
  /// How many classes the server's model has, where known: an answer outside them is a violation.
  /// ``WireRemoteModel/describe(deadline:)`` sets it too.
  public var classCount: Int?
  /// The digest of the model that was agreed on, where one was: every new connection is asked for its
  /// model before any sample goes to it, and one that serves another gives
  /// ``OffloadError/otherModel(_:)`` until it does not. Where the server understands it, every request
  /// names the model too, so that one which is reloaded meanwhile is noticed by the next.
  public var modelDigest: String?
  /// What the client shows first on every connection, where the server asks for a token.
  public var token: BearerToken?
  /// How the server of a `his://` endpoint is known; the system's authorities unless given.
  public var tls: ClientTLS?

  /// Tells which trace a call belongs to, which the server then goes on with where it understands that;
  /// nil where nobody traces.
  public var tracer: (any Tracer)?

  /// Makes the default configuration.
  public init() {}
}

/// What a ``WireRemoteModel`` has seen so far.
public struct WireClientStatistics: Sendable, Equatable {
  /// Connections made.
  public var connections = 0
  /// Attempts to connect that failed.
  public var failedConnects = 0
  /// Answers that nobody waited for: late, given twice, or for a number never used.
  public var ignoredAnswers = 0
  /// Calls under way.
  public var inFlight = 0
}
