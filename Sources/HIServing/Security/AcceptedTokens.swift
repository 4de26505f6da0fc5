internal import Crypto
public import HITransport

/// The tokens that a server accepts, kept as their SHA-256 only.
///
/// A candidate is hashed and its digest compared in constant time with every accepted one, so that the
/// time taken tells nothing of how much of a guess is right, nor which token it was.
public struct AcceptedTokens: Sendable {
  private let digests: [SHA256Digest]

  /// Accepts any of these.
  public init(_ tokens: some Sequence<BearerToken>) {
    digests = tokens.map { SHA256.hash(data: Array($0.characters.utf8)) }
  }

  /// Whether the bytes are an accepted token. O(bytes + tokens), whatever they are.
  public func admits(_ candidate: some Sequence<UInt8>) -> Bool {
    let digest = SHA256.hash(data: Array(candidate))
    var admitted = false
    // Every digest is compared; a digest's `==` takes constant time.
    for accepted in digests {
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
