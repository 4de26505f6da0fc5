import ArgumentParser
import HIServing
import HITransport

/// How a command knows the remote side, and what it shows it.
struct RemoteSecurityOptions: ParsableArguments {
  @Option(
    name: .customLong("tls-ca"),
    help: "The PEM file of the authorities that alone may sign the server's certificate.",
    completion: .file())
  var tlsAuthorities: String?

  @Option(
    name: .customLong("tls-cert"),
    help: "The PEM file of this client's certificate, for a server that asks for one.",
    completion: .file())
  var tlsCertificate: String?

  @Option(
    name: .customLong("tls-key"), help: "The PEM file of its private key.", completion: .file())
  var tlsKey: String?

  @Option(
    help: "A file whose first line is the token that the server asks for.", completion: .file())
  var tokenFile: String?

  /// What a URL of a remote model looks like.
  static let remoteHelp =
    "Where the remote model is: hi://HOST:PORT, http:// or grpc://HOST:PORT/MODEL; "
    + "his://, https:// and grpcs:// over TLS."

  /// Whether none of the options was given.
  var isEmpty: Bool { !hasTLS && tokenFile == nil }

  private var hasTLS: Bool {
    tlsAuthorities != nil || tlsCertificate != nil || tlsKey != nil
  }

  func validate() throws {
    if (tlsCertificate == nil) != (tlsKey == nil) {
      throw ValidationError("\(TLSError.incomplete)")
    }
  }

  /// Reads the files, for remote models at these URLs.
  ///
  /// - Parameter note: is told of a token that others can read.
  func security(
    for urls: [String], note: (String) -> Void = Terminal.note
  ) throws -> ClientSecurity {
    for url in urls {
      let isEncrypted = ["his://", "https://", "grpcs://"].contains { url.hasPrefix($0) }
      if hasTLS, !isEncrypted {
        throw ValidationError(
          "--tls-ca, --tls-cert and --tls-key are about an encrypted connection, and \(url) is none: "
            + "write its URL with his://, https:// or grpcs://.")
      }
      if tokenFile != nil, !isEncrypted, !Exposure.isLoopback(Self.host(of: url)) {
        note(
          "The token goes to \(url) unencrypted, and whoever sees it can use it: write the URL with "
            + "his://, https:// or grpcs://.")
      }
    }
    var security = ClientSecurity()
    if hasTLS {
      security.tls = try ClientTLS(
        authorities: tlsAuthorities, certificate: tlsCertificate, key: tlsKey)
    }
    if let tokenFile { security.token = try TokenFile.tokens(at: tokenFile).first }
    return security
  }

  private static func host(of url: String) -> String {
    guard let end = url.firstRange(of: "://") else { return url }
    let rest = url[end.upperBound...]
    if rest.hasPrefix("[") { return String(rest.dropFirst().prefix { $0 != "]" }) }
    return String(rest.prefix { $0 != ":" && $0 != "/" })
  }
}
