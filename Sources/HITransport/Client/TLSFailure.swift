#if OpenInference
  internal import NIOSSL
#endif

/// What went wrong in TLS, in words without a full stop; nil for other errors.
package struct TLSFailure: CustomStringConvertible {
  package let description: String

  /// What an error says in its own words, without the places in BoringSSL's sources that it names.
  package static func words(of error: any Error) -> String {
    "\(error)".replacing(#/ at [^\s\]),]+:\d+/#, with: "")
  }

  /// Finds words for an error of TLS.
  package init?(_ error: any Error) {
    #if OpenInference
      guard error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError else {
        return nil
      }
      let text = Self.words(of: error)
      description =
        Self.reasons.first { text.contains($0.sign) }?.words
        ?? "the TLS connection failed (\(text))"
    #else
      return nil
    #endif
  }

  /// BoringSSL's reasons and what they mean to the person who runs the client.
  private static let reasons: [(sign: String, words: String)] = [
    (
      "CERTIFICATE_VERIFY_FAILED",
      "its certificate is signed by an authority that is not trusted here, or is not valid today"
    ),
    ("failedToValidateHostname", "its certificate names another host"),
    ("CERTIFICATE_REQUIRED", "it asks for a client certificate"),
    ("WRONG_VERSION_NUMBER", "it does not speak TLS on this port"),
    ("UNKNOWN_CA", "it does not trust the authority of the client certificate"),
    ("CERTIFICATE_EXPIRED", "the client certificate has expired"),
    ("HANDSHAKE_FAILURE", "it refused the TLS handshake"),
  ]
}
