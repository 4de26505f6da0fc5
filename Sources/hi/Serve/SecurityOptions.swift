import ArgumentParser
import HIServing
import HITransport
import Logging

/// Who may reach a server, and how it knows them.
struct SecurityOptions: ParsableArguments {
  @Option(
    name: .customLong("tls-cert"),
    help: "The PEM file of the server's certificate and its chain: TLS on every port.",
    completion: .file())
  var tlsCertificate: String?

  @Option(
    name: .customLong("tls-key"), help: "The PEM file of its private key.", completion: .file())
  var tlsKey: String?

  @Option(
    name: .customLong("tls-client-ca"),
    help: "The PEM file of the authorities that sign clients' certificates: mutual TLS.",
    completion: .file())
  var tlsClientAuthorities: String?

  @Option(
    help: "A file of tokens, one a line, of which a client has to show one; SIGHUP reads it again.",
    completion: .file())
  var tokenFile: String?

  @Flag(help: "Serve an address that others reach although TLS or a token is missing.")
  var insecure = false

  @Flag(help: "Let no client load or unload models by the repository calls.")
  var fixedModels = false

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("\(TLSError.incomplete)")
    }
    guard tlsClientAuthorities == nil || tlsCertificate != nil else {
      throw ValidationError(
        "--tls-client-ca asks clients for certificates, which needs TLS: give --tls-cert and "
          + "--tls-key too.")
    }
  }

  /// Reads the files.
  ///
  /// - Throws: where others reach the server and could use it, unless that was asked for.
  func doors(host: String, hasRawPort: Bool, logger: Logger) throws -> ServerDoors {
    guard !host.hasPrefix("[") else {
      throw CommandFailure(
        "--host is an address without the brackets that it has in URLs, such as ::1, not \(host).")
    }
    let exposure = Exposure(
      host: host, isEncrypted: tlsCertificate != nil, hasTokens: tokenFile != nil,
      asksForCertificates: tlsClientAuthorities != nil, hasRawPort: hasRawPort)
    if let weakness = exposure.weakness {
      guard insecure else {
        throw CommandFailure("\(weakness): add it, or say --insecure if that is what you want.")
      }
      logger.warning("\(weakness).")
    }
    var tls: ServerTLS?
    if let tlsCertificate, let tlsKey {
      tls = try ServerTLS(
        certificate: tlsCertificate, key: tlsKey, clientAuthorities: tlsClientAuthorities)
      // No reason to refuse: an operator who has to restart restarts with what there is.
      if let warning = tls?.warning { logger.warning("\(warning)") }
    }
    return ServerDoors(
      tls: tls, tokens: try tokenFile.map { AcceptedTokens(try TokenFile.tokens(at: $0)) },
      tokenFile: tokenFile, hasFixedModels: fixedModels)
  }
}

/// What stands before the models of a server.
struct ServerDoors: Sendable {
  let tls: ServerTLS?
  let tokens: AcceptedTokens?
  let tokenFile: String?
  let hasFixedModels: Bool

  /// Reads the file of tokens again.
  ///
  /// - Returns: how many there are; nil without a file.
  /// - Throws: where the file is no longer a file of tokens; nothing has then changed.
  func reloadTokens() throws(BearerTokenError) -> Int? {
    guard let tokens, let tokenFile else { return nil }
    let new = try TokenFile.tokens(at: tokenFile)
    tokens.replace(with: new)
    return new.count
  }
}
