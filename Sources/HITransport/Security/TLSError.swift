/// Why TLS cannot be set up. What goes wrong with a peer later ends its connection, not the program.
public enum TLSError: Error, Sendable, Equatable {
  /// The program was built without TLS.
  case notBuilt
  /// A file cannot be read, or is not what it should be; the reason.
  case badFile(role: String, path: String, reason: String)
  /// A certificate without its key, or a key without its certificate.
  case incomplete
  /// Certificate, key or authorities do not go together; the library's reason.
  case refused(certificate: String, reason: String)
}

extension TLSError: CustomStringConvertible {
  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .notBuilt:
      "TLS was asked for, but this program was built without it: build it with the default trait "
        + "OpenInference."
    case .badFile(let role, let path, let reason):
      "The \(role) \(path) cannot be used because \(reason): give a PEM file."
    case .incomplete:
      "A certificate and its private key belong together: give both --tls-cert and --tls-key."
    case .refused(let certificate, let reason):
      "The certificate \(certificate) and its private key cannot be used together (\(reason)): "
        + "check that the key is the certificate's."
    }
  }
}
