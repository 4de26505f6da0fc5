import HIData
import NIOCore
import Testing

@testable import HITransport

/// Bytes written by hand from the protocol's table, field by field.
@Suite struct WireGoldenBytesTests {
  static let inferBytes: [UInt8] =
    [0x1E, 0, 0, 0]  // 30 bytes follow: 16 of header, 3 dimensions of 4, 2 of payload
    + [1, 1, 0, 0]  // version, kind infer, flags
    + [0x78, 0x56, 0x34, 0x12]  // request id 0x12345678
    + [0xFA, 0, 0, 0]  // deadline 250 ms
    + [1, 3, 0, 0]  // uint8, rank 3, reserved
    + [1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]  // 1 x 1 x 2
    + [0xAB, 0xCD]

  static let inferRequest = WireRequest(
    kind: .infer, id: 0x1234_5678, deadlineMilliseconds: 250, elementCode: 1,
    dimensions: [1, 1, 2], payload: ByteBuffer(bytes: [0xAB, 0xCD]))

  static let pingBytes: [UInt8] =
    [16, 0, 0, 0, 1, 2, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

  static let answerBytes: [UInt8] =
    [20, 0, 0, 0]
    + [1, 129, 0, 0]  // version, infer + 128, status ok
    + [0x78, 0x56, 0x34, 0x12]
    + [9, 0, 0, 0]  // class 9
    + [0, 0, 0x40, 0x3F]  // 0.75 is 0x3F400000
    + [0xE8, 0x03, 0, 0]  // 1,000 microseconds

  static let refusalBytes: [UInt8] =
    [22, 0, 0, 0, 1, 129, 3, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    + [0x6E, 0x6F]  // "no"

  @Test func requestsAreTheTablesBytes() {
    #expect(Array(buffer: Self.inferRequest.encoded()) == Self.inferBytes)
    #expect(Array(buffer: WireRequest(kind: .ping, id: 7).encoded()) == Self.pingBytes)
  }

  @Test func aSampleIsEncodedAsItsRequest() throws {
    let sample = try #require(
      Sample(elementType: .uint8, shape: [1, 1, 2], bytes: [0xAB, 0xCD]))
    var expected = Self.inferRequest
    expected.deadlineMilliseconds = 0
    #expect(
      Array(buffer: WireRequest.encoded(inferring: sample, id: 0x1234_5678))
        == Array(buffer: expected.encoded()))
  }

  @Test func responsesAreTheTablesBytes() {
    let answer = WireResponse(
      kind: .infer, id: 0x1234_5678, prediction: 9, confidence: 0.75, microseconds: 1000)
    #expect(Array(buffer: answer.encoded()) == Self.answerBytes)
    let refusal = WireResponse(kind: .infer, status: .badRequest, id: 5, message: "no")
    #expect(Array(buffer: refusal.encoded()) == Self.refusalBytes)
  }

  @Test func theTablesBytesAreRead() throws {
    #expect(
      try WireRequest(frame: ByteBuffer(bytes: Self.inferBytes.dropFirst(4)))
        == Self.inferRequest)
    let refusal = try WireResponse(frame: ByteBuffer(bytes: Self.refusalBytes.dropFirst(4)))
    #expect(refusal == WireResponse(kind: .infer, status: .badRequest, id: 5, message: "no"))
  }

  @Test(arguments: [
    (ElementType.uint8, UInt8(1)), (.int8, 2), (.float16, 3), (.float32, 4),
  ])
  func elementTypesHaveTheTablesNumbers(type: ElementType, code: UInt8) {
    #expect(type.wireCode == code)
    #expect(ElementType(wireCode: code) == type)
  }

  @Test(arguments: [UInt8(0), 5, 255])
  func otherNumbersAreNoElementType(code: UInt8) {
    #expect(ElementType(wireCode: code) == nil)
  }
}
