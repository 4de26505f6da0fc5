internal import HIData
public import HITransport
internal import Synchronization

/// The tokens that a server accepts, kept as their SHA-256 only.
///
/// A candidate is hashed and its digest compared in constant time with every accepted one, so that the
/// time taken tells nothing of how much of a guess is right, nor which token it was. All front ends of
/// a server share one, so that what it accepts can be changed while they serve.
public final class AcceptedTokens: Sendable {
  private let digests: Mutex<[SHA256Digest]>

  /// Accepts any of these.
  public init(_ tokens: some Sequence<BearerToken>) {
    digests = Mutex(Self.digests(of: tokens))
  }

  /// From now on accepts any of these and no other. Wire connections that are let in stay so until
  /// they end; REST and gRPC look at the token of every request.
  public func replace(with tokens: some Sequence<BearerToken>) {
    let new = Self.digests(of: tokens)
    digests.withLock { $0 = new }
  }

  private static func digests(of tokens: some Sequence<BearerToken>) -> [SHA256Digest] {
    tokens.map { SHA256Digest(of: $0.characters.utf8) }
  }

  /// Whether the bytes are an accepted token. O(bytes + tokens), whatever they are.
  public func admits(_ candidate: some Sequence<UInt8>) -> Bool {
    let digest = SHA256Digest(of: Array(candidate))
    var admitted = false
    // Every digest is compared; a digest's `==` takes constant time.
    for accepted in digests.withLock({ $0 }) {
      let same = digest == accepted
      admitted = same || admitted
    }
    return admitted
  }

  /// Whether the value of an HTTP `Authorization` header carries an accepted token.
  public func admits(authorization header: String?) -> Bool {
    guard let header else { return false }
    let scheme = "bearer "
    guard header.utf8.count <= scheme.utf8.count + WireProtocol.maximumTokenBytes,
      header.prefix(scheme.count).lowercased() == scheme
    else { return false }
    return admits(header.dropFirst(scheme.count).utf8)
  }
}
