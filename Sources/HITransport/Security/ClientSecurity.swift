/// How a client knows its servers, and what it shows them, whatever protocol it speaks.
public struct ClientSecurity: Sendable {
  /// How the server of an encrypted endpoint is known; nil for the system's authorities.
  public var tls: ClientTLS?
  /// What the client shows, where the server asks for a token.
  public var token: BearerToken?

  /// Makes a client's security; without anything it trusts the system's authorities and shows nothing.
  public init(tls: ClientTLS? = nil, token: BearerToken? = nil) {
    self.tls = tls
    self.token = token
  }
}
