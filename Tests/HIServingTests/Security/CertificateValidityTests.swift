import Foundation
import Testing

@testable import HIServing

@Suite struct CertificateValidityTests {
  /// The whole of May 2026.
  private let may = CertificateValidity(
    begin: Date(timeIntervalSince1970: 1_777_593_600),
    end: Date(timeIntervalSince1970: 1_780_271_999))

  private func warning(_ time: String) throws -> String? {
    may.warning(of: "server.pem", at: try Date(time, strategy: .iso8601))
  }

  @Test(arguments: [
    ("2026-04-30T23:59:59Z", "becomes valid on 2026-05-01T00:00:00Z"),
    ("2026-06-01T00:00:00Z", "expired on 2026-05-31T23:59:59Z"),
    ("2026-05-25T00:00:00Z", "expires on 2026-05-31T23:59:59Z"),
    ("2026-05-31T23:59:59Z", "expires on 2026-05-31T23:59:59Z"),
  ])
  func whatClientsRefuseOrSoonWillIsAWarning(time: String, words: String) throws {
    let warning = try #require(try warning(time))
    #expect(warning.hasPrefix("The certificate server.pem \(words)"), "\(warning)")
    #expect(warning.hasSuffix("."))
  }

  @Test(arguments: ["2026-05-01T00:00:00Z", "2026-05-24T23:59:59Z"])
  func aCertificateWithMoreThanAWeekToGoIsNone(time: String) throws {
    #expect(try warning(time) == nil)
  }
}
