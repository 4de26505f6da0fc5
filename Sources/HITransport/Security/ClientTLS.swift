internal import NIOCore

#if OpenInference
  internal import NIOSSL
#endif

/// How a client knows its server, and shows itself where the server asks for a certificate.
///
///     var configuration = WireClientConfiguration()
///     configuration.tls = try ClientTLS(authorities: "ca.pem")
///     let remote = WireRemoteModel(
///       endpoint: try RemoteEndpoint("his://edge.example:9000"), configuration: configuration)
///
/// TLS 1.2 or later. The server's certificate has to be signed by an authority, be valid today, and
/// name the host or the address that was asked for.
public struct ClientTLS: Sendable {
  #if OpenInference
    private let context: NIOSSLContext
  #endif

  /// Reads the files; without any, the authorities that the system trusts and no own certificate.
  ///
  /// - Parameters:
  ///   - authorities: a PEM file of the authorities that alone are trusted; nil for the system's.
  ///   - certificate: a PEM file of the client's certificate, and of those between it and its authority.
  ///   - key: a PEM file of its private key.
  public init(
    authorities: String? = nil, certificate: String? = nil, key: String? = nil
  ) throws(TLSError) {
    #if OpenInference
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.minimumTLSVersion = .tlsv12
      if let authorities {
        tls.trustRoots = .certificates(try PEMFiles.authorities(at: authorities))
      }
      guard (certificate == nil) == (key == nil) else { throw .incomplete }
      if let certificate, let key {
        tls.certificateChain = try PEMFiles.certificates(at: certificate).map { .certificate($0) }
        tls.privateKey = .privateKey(try PEMFiles.key(at: key))
      }
      do {
        context = try NIOSSLContext(configuration: tls)
      } catch {
        throw .refused(certificate: certificate ?? authorities ?? "", reason: "\(error)")
      }
    #else
      throw .notBuilt
    #endif
  }

  /// Puts TLS before whatever the pipeline has; on the channel's event loop.
  ///
  /// - Returns: when the server is known to be the right one.
  func secure(_ channel: any Channel, host: String) throws -> EventLoopFuture<Void> {
    #if OpenInference
      let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
      let handshake = TLSHandshake(eventLoop: channel.eventLoop)
      try channel.pipeline.syncOperations.addHandlers([
        // An address cannot be sent as a name; it is compared with the certificate all the same.
        NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host),
        handshake,
      ])
      return handshake.done
    #else
      throw TLSError.notBuilt
    #endif
  }
}
