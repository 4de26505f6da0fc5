import HIData
import Testing

@testable import HIOpenInference

@Suite struct BodyCompressionTests {
  private let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 5) }

  @Test(arguments: BodyCompression.allCases)
  func whatIsCompressedIsDecompressed(compression: BodyCompression) throws {
    for body in [[], [7], body] {
      let compressed = try #require(compression.compress(body))
      #expect(try compression.decompress(compressed, limit: body.count) == body)
    }
  }

  @Test(arguments: BodyCompression.allCases)
  func aBombIsStoppedAtTheLimit(compression: BodyCompression) throws {
    let bomb = try #require(compression.compress(Array(repeating: 0, count: 50 << 20)))
    #expect(bomb.count < 1 << 20)
    let error = #expect(throws: OpenInferenceError.self) {
      try compression.decompress(bomb, limit: 1 << 20)
    }
    #expect(error?.kind == .tooLarge)
  }

  @Test(arguments: BodyCompression.allCases)
  func damageIsRefused(compression: BodyCompression) throws {
    let sound = try #require(compression.compress(body))
    for damaged in [Array(sound.dropLast()), sound + [0], [], Array(sound.reversed())] {
      let error = #expect(throws: OpenInferenceError.self) {
        try compression.decompress(damaged, limit: 1 << 20)
      }
      #expect(error?.kind == .badRequest)
    }
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<500 {
      var bytes = sound
      bytes[Int.random(in: bytes.indices, using: &generator)] ^=
        1 << UInt8.random(in: 0...7, using: &generator)
      if let result = try? compression.decompress(bytes, limit: 1 << 20) {
        // Bits of gzip's header, such as its time stamp, change nothing; the checksum sees all else.
        #expect(result == body)
      }
    }
  }

  @Test(
    arguments: [
      (nil, nil), ("", nil), ("identity", nil), ("gzip", .gzip), ("deflate", .deflate),
      ("gzip, deflate", .gzip), ("deflate;q=1.0, gzip;q=0.5", .deflate), ("gzip;q=0", nil),
      ("br", nil), ("GZIP", .gzip), ("*", nil),
    ] as [(String?, BodyCompression?)])
  func theClientsWishIsHonoured(header: String?, expected: BodyCompression?) {
    #expect(BodyCompression(acceptEncoding: header) == expected)
  }

  @Test func anUnknownContentEncodingIsRefused() {
    let error = #expect(throws: OpenInferenceError.self) {
      try BodyCompression(contentEncoding: "br")
    }
    #expect(error?.kind.httpStatus == 415)
  }
}
