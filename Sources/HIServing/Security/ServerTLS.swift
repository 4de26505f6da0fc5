internal import Foundation
public import HITransport
internal import NIOCore

#if OpenInference
  package import NIOSSL
#endif

/// How a server shows who it is, and which clients it lets in.
///
/// TLS 1.2 or later, on every port that it is given to. With authorities for clients it is mutual: a
/// client without a certificate that one of them has signed gets no further than the handshake.
public struct ServerTLS: Sendable {
  /// The PEM file of the server's certificate, and of those between it and its authority.
  public let certificate: String
  /// The PEM file of its private key.
  public let key: String
  /// The PEM file of the authorities that sign clients' certificates; nil where nobody is asked.
  public let clientAuthorities: String?

  #if OpenInference
    package let configuration: TLSConfiguration
    private let context: NIOSSLContext
  #endif
  let validity: CertificateValidity

  /// Reads the files.
  public init(
    certificate: String, key: String, clientAuthorities: String? = nil
  ) throws(TLSError) {
    self.certificate = certificate
    self.key = key
    self.clientAuthorities = clientAuthorities
    #if OpenInference
      let chain = try PEMFiles.certificates(at: certificate)
      validity = CertificateValidity(
        begin: Date(timeIntervalSince1970: TimeInterval(chain[0].notValidBefore)),
        end: Date(timeIntervalSince1970: TimeInterval(chain[0].notValidAfter)))
      var tls = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) },
        privateKey: .privateKey(try PEMFiles.key(at: key)))
      tls.minimumTLSVersion = .tlsv12
      if let clientAuthorities {
        tls.trustRoots = .certificates(try PEMFiles.authorities(at: clientAuthorities))
        tls.certificateVerification = .noHostnameVerification
      }
      configuration = tls
      do {
        context = try NIOSSLContext(configuration: tls)
      } catch {
        throw .refused(certificate: certificate, reason: "\(error)")
      }
    #else
      throw .notBuilt
    #endif
  }

  /// What an operator should know of the certificate now, as a sentence: that it has expired, is not valid
  /// yet, or expires within a week; nil where all is well.
  public var warning: String? { validity.warning(of: certificate, at: Date()) }

  /// Puts TLS behind whatever the pipeline has, for what is added next; on the channel's event loop.
  ///
  /// - Parameters:
  ///   - channel: a connection that has just come.
  ///   - frontEnd: where it came in.
  ///   - refusals: are told of a handshake that fails.
  func secure(_ channel: any Channel, _ frontEnd: FrontEnd, _ refusals: Refusals) throws {
    #if OpenInference
      try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
      try HandshakeRefusals.add(to: channel, frontEnd, refusals)
    #endif
  }
}
