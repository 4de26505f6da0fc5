public import HIServing
public import Tracing

/// Where the front ends of the Open Inference Protocol listen and what they let their clients use.
public struct OpenInferenceConfiguration: Sendable {
  /// The address to listen on; loopback unless told otherwise.
  public var host = "127.0.0.1"
  /// The port of the REST front end, 0 for any free one; nil for no REST.
  public var httpPort: Int?
  /// The port of the gRPC front end, 0 for any free one; nil for no gRPC.
  public var grpcPort: Int?
  /// The largest request in bytes, decompressed or not.
  public var maximumBodyBytes = 64 << 20
  /// The most bytes of a request's HTTP headers together; one alone may have half of them.
  public var maximumHeaderBytes = 32 << 10
  /// The most samples of one request.
  public var maximumSamples = 256
  /// How long an HTTP connection may be quiet before it is closed.
  public var idleTimeout: Duration = .seconds(300)
  /// How long a client may take to send a request that it has begun, or to read its answer; of a large
  /// request at least 64 KiB have to come in that time, again and again.
  public var stallTimeout: Duration = .seconds(10)
  /// The most connections to each port; more wait until one ends, and over gRPC are closed.
  public var maximumConnections = 1024
  /// The most live pages that are kept up to date at once.
  public var maximumLiveStreams = 16
  /// How often a live page gets new figures.
  public var liveInterval: Duration = .seconds(1)
  /// What clients have to show as `Authorization: Bearer TOKEN`; nil where nobody is asked.
  public var tokens: AcceptedTokens?
  /// How connections are encrypted; nil where they are not.
  public var tls: ServerTLS?
  /// Counts and logs what is not answered.
  public var refusals = Refusals()
  /// Makes a span of every request to infer, which goes on with its client's trace; nil where nobody
  /// traces.
  public var tracer: (any Tracer)?
  /// Whether clients may load and unload models by the repository calls.
  public var allowsRepositoryChanges = true

  /// Makes the default configuration: no port is open.
  public init() {}
}

extension OpenInferenceConfiguration {
  /// Refuses loading and unloading where clients may not.
  func checkRepositoryChange() throws(OpenInferenceError) {
    guard allowsRepositoryChanges else {
      throw OpenInferenceError(
        .unsupported, "This server lets no client load or unload models; ask its operator.")
    }
  }
}
