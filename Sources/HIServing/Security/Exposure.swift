internal import NIOCore

/// Who can reach a server, and what stands between them and the model.
///
/// A server that others than this machine can reach has to be encrypted and has to ask for a token or a
/// client certificate on every port. Anything less is refused unless it is asked for by name.
public struct Exposure: Sendable, Equatable {
  /// The address listened on.
  public var host: String
  /// Whether connections are encrypted.
  public var isEncrypted: Bool
  /// Whether a client has to show a token or a certificate.
  public var asksWho: Bool
  /// Whether there is a raw port, on which a client can show no token.
  public var hasRawPort: Bool
  /// Whether client certificates are asked for, on the raw port too.
  public var asksForCertificates: Bool

  /// Makes the description of a server's doors.
  public init(
    host: String, isEncrypted: Bool = false, hasTokens: Bool = false,
    asksForCertificates: Bool = false, hasRawPort: Bool = false
  ) {
    self.host = host
    self.isEncrypted = isEncrypted
    self.asksWho = hasTokens || asksForCertificates
    self.hasRawPort = hasRawPort
    self.asksForCertificates = asksForCertificates
  }

  /// What is missing, as a sentence; nil where the server is as closed as it should be.
  public var weakness: String? {
    guard !Self.isLoopback(host) else { return nil }
    var missing: [String] = []
    if !isEncrypted { missing.append("TLS (--tls-cert and --tls-key)") }
    if !asksWho {
      missing.append("a token (--token-file) or client certificates (--tls-client-ca)")
    }
    if hasRawPort && !asksForCertificates {
      missing.append("client certificates for the raw port (--tls-client-ca), which has no tokens")
    }
    guard !missing.isEmpty else { return nil }
    return "Anybody who reaches \(host) could use this server, because it lacks "
      + missing.joined(separator: " and ")
  }

  /// Whether only this machine reaches an address: `localhost`, 127.0.0.0/8 or ::1.
  ///
  /// Other names are taken for open, as nobody knows what they will resolve to.
  public static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    guard let address = try? SocketAddress(ipAddress: host, port: 0) else { return false }
    switch address {
    case .v4: return address.ipAddress?.hasPrefix("127.") ?? false
    case .v6: return address.ipAddress == "::1"
    case .unixDomainSocket: return true
    }
  }
}
