public import Tracing

/// Where an ``HIServer`` listens and what it lets its clients use.
public struct HIServerConfiguration: Sendable {
  /// The address to listen on; loopback unless told otherwise.
  public var host = "127.0.0.1"
  /// The port of the HI wire protocol; 0 for any free one.
  public var port = 0
  /// The port of raw mode, 0 for any free one; nil for no raw mode.
  public var rawPort: Int?
  /// How each model's requests become batches, and who runs them.
  public var scheduling = SchedulingConfiguration()
  /// The model that the wire and raw ports serve; nil for the repository's first.
  public var wireModel: String?
  /// Threads that serve the network; one is enough for tens of thousands of requests a second.
  public var eventLoops = 1
  /// The most connections on all ports together.
  public var maximumConnections = 1024
  /// The most requests of one connection in queue and model together.
  public var maximumInFlightPerConnection = 128
  /// The longest request frame accepted; the server accepts less where its samples are small
  /// (64 KiB and eight samples).
  public var maximumFrameLength = 16 * 1024 * 1024
  /// How many answered bytes may wait for a client that does not read before the server stops to
  /// read from it.
  public var maximumUnwrittenBytes = 256 * 1024
  /// How long a connection may be quiet before it is closed.
  public var idleTimeout: Duration = .seconds(300)
  /// How long a client may take to finish a request that it has begun, or to read its answers.
  public var stallTimeout: Duration = .seconds(10)
  /// How long an ended connection waits for the client to close its side too.
  public var lingerTimeout: Duration = .seconds(1)
  /// What wire clients have to show before anything is answered; nil where nobody is asked.
  public var tokens: AcceptedTokens?
  /// How connections on both ports are encrypted; nil where they are not.
  public var tls: ServerTLS?
  /// How long a new connection may take to end its TLS handshake and to show its token.
  public var admissionTimeout: Duration = .seconds(10)
  /// The deadline of raw requests, which cannot carry one; nil for none.
  public var rawDeadline: Duration?

  /// Counts and logs what is not answered.
  public var refusals = Refusals()

  /// Makes a span of every request, which goes on with its client's trace; nil where nobody traces.
  public var tracer: (any Tracer)?

  /// Makes the default configuration.
  public init() {}

  /// Inference threads of each model, ``scheduling``'s.
  public var workers: Int {
    get { scheduling.workers }
    set { scheduling.workers = newValue }
  }

  /// The most samples that wait for each model, ``scheduling``'s.
  public var queueLimit: Int {
    get { scheduling.queueLimit }
    set { scheduling.queueLimit = newValue }
  }
}
