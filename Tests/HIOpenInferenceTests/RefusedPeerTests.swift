#if OpenInference
  import AsyncHTTPClient
  import NIOHTTP1
  import Testing

  @testable import HIOpenInference

  /// Words for those who read logs.
  @Suite struct RefusedPeerTests {
    @Test(arguments: [
      ("ipv4:127.0.0.1:50051", "127.0.0.1"), ("ipv6:[::1]:50051", "::1"),
      ("ipv6:[fe80::1]:1", "fe80::1"), ("unix:/a/socket", "unix:/a/socket"), ("", ""),
    ])
    func addressesAreWrittenAsByTheOtherProtocols(peer: String, address: String) {
      #expect(GRPCRefusals.address(peer) == address)
    }

    @Test func whatKeepsAConnectionFromBeingOfUseIsSaidInWords() {
      #expect(
        HTTPCaller.words(of: HTTPParserError.invalidConstant)
          == "it does not speak HTTP on this port")
      #expect(HTTPCaller.words(of: HTTPClientError.connectTimeout).contains("time-out"))
    }
  }
#endif
