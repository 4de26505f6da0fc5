import Testing

@testable import HIOpenInference

@Suite struct HTTP2FramingTests {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  private static func frame(_ length: Int) -> [UInt8] {
    [UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255), 4, 0, 0, 0, 0, 0]
      + [UInt8](repeating: 7, count: length)
  }

  @Test(arguments: 1...40) func itIsBetweenFramesExactlyAtTheirEndsHoweverTheyAreCut(part: Int) {
    let lengths = [0, 18, 1, 300, 70_000, 0]
    var stream = Self.preface
    var ends: Set<Int> = []
    for length in lengths {
      stream += Self.frame(length)
      ends.insert(stream.count)
    }
    var framing = HTTP2Framing()
    #expect(!framing.isBetweenFrames)
    for start in stride(from: 0, to: stream.count, by: part) {
      let end = min(start + part, stream.count)
      framing.received(stream[start..<end])
      #expect(framing.isBetweenFrames == ends.contains(end), "after \(end) bytes")
    }
    #expect(framing.frames == lengths.count)
  }
}
