import HITransport
import Testing

@testable import HIServing

@Suite struct AcceptedTokensTests {
  private let first = "0123456789abcdef"
  private let second = "fedcba9876543210"

  private func accepted() throws -> AcceptedTokens {
    AcceptedTokens([
      try BearerToken(first, source: "test"), try BearerToken(second, source: "test"),
    ])
  }

  @Test func eachOfTheTokensIsAdmittedAndNothingElse() throws {
    let tokens = try accepted()
    #expect(tokens.admits(first.utf8))
    #expect(tokens.admits(second.utf8))
    for guess in ["", "0123456789abcde", "0123456789abcdeg", first + "0", first + second] {
      #expect(!tokens.admits(guess.utf8))
    }
    #expect(!AcceptedTokens([]).admits(first.utf8))
  }

  @Test(arguments: [
    ("Bearer 0123456789abcdef", true), ("bearer 0123456789abcdef", true),
    ("BEARER fedcba9876543210", true), ("Bearer  0123456789abcdef", false),
    ("0123456789abcdef", false), ("Basic 0123456789abcdef", false), ("Bearer", false),
    ("Bearer " + String(repeating: "x", count: 2000), false), ("", false),
  ])
  func anAuthorizationHeaderCarriesOne(header: String, isAdmitted: Bool) throws {
    #expect(try accepted().admits(authorization: header) == isAdmitted)
    #expect(try !accepted().admits(authorization: nil))
  }
}

@Suite struct ExposureTests {
  @Test(arguments: ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LOCALHOST"])
  func loopbackNeedsNothing(host: String) {
    #expect(Exposure(host: host, hasRawPort: true).weakness == nil)
  }

  @Test(arguments: [
    "0.0.0.0", "::", "192.0.2.7", "2001:db8::1", "edge.example", "", "127.evil.example",
  ])
  func anOpenAddressNeedsTLSAndSomebodyToBe(host: String) throws {
    let weakness = try #require(Exposure(host: host).weakness)
    #expect(weakness.contains("--tls-cert") && weakness.contains("--token-file"))
    let clear = try #require(Exposure(host: host, hasTokens: true).weakness)
    #expect(clear.contains("--tls-cert") && !clear.contains("--token-file"))
    let anybody = try #require(Exposure(host: host, isEncrypted: true).weakness)
    #expect(!anybody.contains("--tls-cert") && anybody.contains("--token-file"))
    #expect(Exposure(host: host, isEncrypted: true, hasTokens: true).weakness == nil)
    #expect(Exposure(host: host, isEncrypted: true, asksForCertificates: true).weakness == nil)
  }

  @Test func theRawPortHasNoTokensSoItNeedsCertificates() {
    let tokens = Exposure(host: "::", isEncrypted: true, hasTokens: true, hasRawPort: true)
    #expect(tokens.weakness?.contains("--tls-client-ca") == true)
    let certificates = Exposure(
      host: "::", isEncrypted: true, asksForCertificates: true, hasRawPort: true)
    #expect(certificates.weakness == nil)
  }
}
