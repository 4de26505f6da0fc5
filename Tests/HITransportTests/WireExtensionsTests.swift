import HIData
import HITracing
import NIOCore
import Testing

@testable import HITransport

/// What a request can carry beside its sample: bytes written by hand from the protocol's table.
@Suite struct WireExtensionsTests {
  static let parent = TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")

  private static let head: [UInt8] =
    [0x78, 0x56, 0x34, 0x12]  // request id 0x12345678
    + [0xFA, 0, 0, 0]  // deadline 250 ms
    + [1, 3, 0, 0]  // uint8, rank 3, reserved
  private static let trace: [UInt8] =
    [
      0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47,
      0x36,
    ]
    + [0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7, 1]
  private static let tag: [UInt8] = [8, 7, 6, 5, 4, 3, 2, 1]
  private static let sample: [UInt8] = [1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0xAB, 0xCD]

  private static func bytes(length: UInt8, flags: UInt8, _ middle: [UInt8]) -> [UInt8] {
    [length, 0, 0, 0, 1, 1, flags, 0] + head + middle + sample
  }

  private static func request(_ extensions: WireExtensions) -> WireRequest {
    var request = WireGoldenBytesTests.inferRequest
    request.extensions = extensions
    return request
  }

  private static let both = WireExtensions(trace: parent, modelTag: 0x0102_0304_0506_0708)

  @Test func extensionsAreTheTablesBytes() throws {
    #expect(
      Array(buffer: Self.request(Self.both).encoded())
        == Self.bytes(length: 63, flags: 3, Self.trace + Self.tag))
    #expect(
      Array(buffer: Self.request(.init(trace: Self.parent)).encoded())
        == Self.bytes(length: 55, flags: 1, Self.trace))
    #expect(
      Array(buffer: Self.request(.init(modelTag: Self.both.modelTag)).encoded())
        == Self.bytes(length: 38, flags: 2, Self.tag))
    let frame = ByteBuffer(bytes: Self.bytes(length: 63, flags: 3, Self.trace + Self.tag)[4...])
    #expect(try WireRequest(frame: frame) == Self.request(Self.both))
  }

  @Test(
    arguments: [
      (.known, both), (.trace, WireExtensions(trace: parent)),
      (.model, WireExtensions(modelTag: 0x0102_0304_0506_0708)),
      (WireExtensions.Kinds(), WireExtensions()),
    ] as [(WireExtensions.Kinds, WireExtensions)])
  func aServerGetsNoMoreThanItUnderstands(
    understood: WireExtensions.Kinds, left: WireExtensions
  ) {
    let frame = WireRequest.encoded(Self.request(Self.both).encoded(), for: understood)
    #expect(Array(buffer: frame) == Array(buffer: Self.request(left).encoded()))
  }

  @Test func aTraceThatIsNoneIsNoError() throws {
    let zeros = [UInt8](repeating: 0, count: 25)
    let frame = ByteBuffer(bytes: Self.bytes(length: 55, flags: 1, zeros)[4...])
    let request = try WireRequest(frame: frame)
    #expect(request.extensions == WireExtensions())
    #expect(Array(buffer: request.payload) == [0xAB, 0xCD])
  }

  @Test(arguments: [(1, 25), (2, 8), (3, 33)] as [(UInt8, Int)])
  func aFrameThatEndsBeforeItsExtensionsSaysSo(flags: UInt8, expected: Int) {
    let frame = ByteBuffer(bytes: [1, 1, flags, 0] + Self.head + [7, 7, 7])
    #expect(
      throws: WireViolation.extensionsCutShort(bytes: expected, bytesLeft: 3, id: 0x1234_5678)
    ) { try WireRequest(frame: frame) }
  }

  /// The reference values of FNV-1a by its authors.
  @Test(
    arguments: [
      ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
    ] as [(String, UInt64)])
  func aTagIsFNV1a(digest: String, tag: UInt64) {
    #expect(WireExtensions.tag(ofModel: digest) == tag)
  }

  @Test func aServersDocumentSaysWhatItUnderstands() throws {
    let served = ServedModelDescription(
      name: "n", digest: "sha256:1", classes: ["a"], shape: [2], elementType: .uint8)
    #expect(try ServedModelDescription.extensions(inJSON: served.json()) == [])
    let document = try served.json(extensions: .known)
    #expect(document.contains(#""extensions":["trace","model"]"#))
    #expect(ServedModelDescription.extensions(inJSON: document) == ["trace", "model"])
    #expect(try ServedModelDescription(json: document) == served)
    #expect(ServedModelDescription.extensions(inJSON: "no JSON") == [])
    #expect(WireExtensions.Kinds(names: ["model", "teleport"]) == .model)
  }
}
