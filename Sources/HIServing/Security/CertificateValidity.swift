internal import Foundation

/// From when until when a certificate is valid.
struct CertificateValidity: Sendable, Equatable {
  /// How long before its end a certificate is worth a word.
  static let notice: TimeInterval = 7 * 24 * 3600

  let begin: Date
  let end: Date

  /// What an operator should know at a time, as a sentence; nil where all is well.
  ///
  /// - Parameters:
  ///   - certificate: the certificate's file.
  ///   - now: the time.
  func warning(of certificate: String, at now: Date) -> String? {
    if now > end {
      "The certificate \(certificate) expired on \(end.formatted(.iso8601)), and clients refuse it: "
        + "renew it and restart the server."
    } else if now < begin {
      "The certificate \(certificate) becomes valid on \(begin.formatted(.iso8601)), and clients "
        + "refuse it until then: check this machine's clock, or give one that is valid now."
    } else if now > end - Self.notice {
      "The certificate \(certificate) expires on \(end.formatted(.iso8601)): renew it and restart "
        + "the server before then."
    } else {
      nil
    }
  }
}
