import HIData
import HITransport
import Testing

@Suite struct RemoteEndpointTests {
  @Test(arguments: [
    ("hi://127.0.0.1:9000", "127.0.0.1", 9000),
    ("hi://edge.example:1/", "edge.example", 1),
    ("hi://[::1]:65535", "::1", 65535),
  ])
  func urlsAreRead(text: String, host: String, port: Int) throws {
    let endpoint = try RemoteEndpoint(text)
    #expect(endpoint == RemoteEndpoint(host: host, port: port))
    #expect(try RemoteEndpoint(endpoint.description) == endpoint)
  }

  @Test(arguments: [
    ("127.0.0.1:9000", RemoteEndpointError.noScheme("127.0.0.1:9000")),
    ("http://a:1", .unknownScheme("http://a:1", scheme: "http")),
    ("hi://a", .noPort("hi://a")),
    ("hi://[::1]", .noPort("hi://[::1]")),
    ("hi://::1:9000", .bareIPv6("hi://::1:9000")),
    ("hi://:9000", .badHost("hi://:9000")),
    ("hi://a/b:9000", .badHost("hi://a/b:9000")),
    ("hi://a:", .badPort("hi://a:", port: "")),
    ("hi://a:0", .badPort("hi://a:0", port: "0")),
    ("hi://a:65536", .badPort("hi://a:65536", port: "65536")),
    ("hi://a:-1", .badPort("hi://a:-1", port: "-1")),
    (
      "hi://a:99999999999999999999",
      .badPort("hi://a:99999999999999999999", port: "99999999999999999999")
    ),
  ])
  func otherTextsAreRefusedWithASentence(text: String, error: RemoteEndpointError) {
    #expect(throws: error) { try RemoteEndpoint(text) }
    #expect(error.description.contains(text))
    #expect(error.description.contains("write it like hi://"))
  }
}

@Suite struct ServedModelDescriptionTests {
  let served = ServedModelDescription(
    name: "big", digest: "sha256:00", classes: ["a", "b\"é"], shape: [1, 2, 3], elementType: .uint8)

  @Test func itsDocumentSaysWhatItIs() throws {
    #expect(
      try served.json()
        == #"{"classes":["a","b\"é"],"digest":"sha256:00","elementType":"uint8","name":"big","shape":[1,2,3]}"#
    )
    #expect(try ServedModelDescription(json: served.json()) == served)
  }

  @Test func aModelThatDoesNotFitIsNamed() {
    #expect(served.mismatch(elementType: .uint8, shape: [1, 2, 3], classCount: 2) == nil)
    #expect(
      served.mismatch(elementType: .float32, shape: [1, 2, 3], classCount: 2)?
        .contains("takes uint8 samples of shape [1, 2, 3]") == true)
    #expect(
      served.mismatch(elementType: .uint8, shape: [1, 2, 3], classCount: 3)?
        .contains("knows 2 classes, but the local model knows 3") == true)
  }
}
