import Testing

@testable import HITransport

@Suite struct TLSWordsTests {
  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  @Test(arguments: [
    (
      "sslError([error:7d:SSL:VERIFY_FAILED at /build/ssl/handshake.cc:297, error:8 at /b.cc:1])",
      "sslError([error:7d:SSL:VERIFY_FAILED, error:8])"
    ), ("closed at once", "closed at once"),
  ])
  func placesInSourcesAreNobodysBusiness(text: String, words: String) {
    #expect(TLSFailure.words(of: Failure(description: text)) == words)
  }
}
