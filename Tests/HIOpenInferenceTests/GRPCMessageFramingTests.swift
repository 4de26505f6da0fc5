import Testing

@testable import HIOpenInference

@Suite struct GRPCMessageFramingTests {
  private static func message(_ length: Int) -> [UInt8] {
    [1] + (0..<4).map { UInt8(length >> (24 - 8 * $0) & 255) }
      + [UInt8](repeating: 7, count: length)
  }

  @Test(arguments: 1...40) func whatIsUnfinishedIsCountedHoweverItIsCut(part: Int) {
    let lengths = [0, 1, 18, 0, 0, 300, 70_000]
    var stream: [UInt8] = []
    var begins: [Int] = []
    for length in lengths {
      begins.append(stream.count)
      stream += Self.message(length)
    }
    begins.append(stream.count)
    var framing = GRPCMessageFraming()
    for start in stride(from: 0, to: stream.count, by: part) {
      let end = min(start + part, stream.count)
      framing.received(stream[start..<end])
      let whole = begins.dropFirst().count { $0 <= end }
      #expect(framing.wholeMessages == whole, "after \(end) bytes")
      #expect(framing.unfinishedBytes == end - begins[whole], "after \(end) bytes")
    }
    #expect(framing.largest == 70_000)
  }

  @Test func aLengthIsKnownWithItsPrefix() {
    var framing = GRPCMessageFraming()
    framing.received([0, 0xFF, 0xFF, 0xFF] as [UInt8])
    #expect(framing.largest == 0)
    framing.received([0xFE] as [UInt8])
    #expect(framing.largest == 0xFFFF_FFFE)
  }
}
