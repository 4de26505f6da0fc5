import NIOCore
import Testing

@testable import HITransport

@Suite struct WireFrameDecoderTests {
  /// Lengths that no request can have, and what the four bytes are.
  @Test(arguments: [UInt32(0), 1, 15, 1025, 0x7FFF_FFFF, 0xFFFF_FFFF])
  func aLengthOutsideTheLimitsIsAViolationKnownFromItsFourBytes(length: UInt32) {
    var decoder = WireFrameDecoder(minimumLength: 16, maximumLength: 1024)
    decoder.append(ByteBuffer(integer: length, endianness: .little))
    let violation = WireViolation.frameLength(found: length, minimum: 16, maximum: 1024)
    #expect(throws: violation) { try decoder.next() }
    #expect(decoder.bufferedBytes == 0)
    // What follows is not taken for a frame.
    decoder.append(ByteBuffer(bytes: WireGoldenBytesTests.pingBytes))
    #expect(throws: violation) { try decoder.next() }
    #expect(decoder.bufferedBytes == 0)
  }

  @Test(arguments: [16, 1024])
  func lengthsAtTheLimitsAreAccepted(length: Int) throws {
    var decoder = WireFrameDecoder(minimumLength: 16, maximumLength: 1024)
    decoder.append(ByteBuffer(integer: UInt32(length), endianness: .little))
    #expect(try decoder.next() == nil)
    decoder.append(ByteBuffer(repeating: 5, count: length))
    #expect(try decoder.next()?.readableBytes == length)
  }

  @Test func framesSplitAtEveryByteAreTheSameFrames() throws {
    var random = SplitMix64(state: 1)
    let requests = (1...3).map { WireRequest.random(id: UInt32($0), using: &random) }
    let stream = requests.flatMap { Array(buffer: $0.encoded()) }
    for first in 0...stream.count {
      for second in [first, (first + stream.count) / 2, stream.count] {
        var decoder = WireFrameDecoder(minimumLength: WireProtocol.requestHeaderBytes)
        var decoded: [WireRequest] = []
        for part in [stream[..<first], stream[first..<second], stream[second...]] {
          decoder.append(ByteBuffer(bytes: part))
          while let frame = try decoder.next() { decoded.append(try WireRequest(frame: frame)) }
        }
        #expect(decoded == requests)
        #expect(decoder.bufferedBytes == 0)
      }
    }
  }

  @Test func randomFramesInRandomPiecesComeBackAsTheyWere() throws {
    var random = SplitMix64(state: 2)
    for _ in 0..<300 {
      let responses = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        WireResponse.random(using: &random)
      }
      var rest = responses.flatMap { Array(buffer: $0.encoded()) }[...]
      var decoder = WireFrameDecoder(minimumLength: WireProtocol.responseHeaderBytes)
      var decoded: [WireResponse] = []
      while !rest.isEmpty {
        let count = Int.random(in: 1...max(1, min(40, rest.count)), using: &random)
        decoder.append(ByteBuffer(bytes: rest.prefix(count)))
        rest = rest.dropFirst(count)
        while let frame = try decoder.next() { decoded.append(try WireResponse(frame: frame)) }
      }
      #expect(decoded == responses)
    }
  }

  /// Whatever bytes come, the decoder gives frames or one violation, and keeps no more than it was given.
  @Test func mutatedStreamsNeverDoMoreThanViolate() {
    var random = SplitMix64(state: 3)
    var frames = 0
    var violations = 0
    for _ in 0..<40_000 {
      var stream = (0..<3).flatMap { _ in
        Array(buffer: WireRequest.random(id: random.next32(), using: &random).encoded())
      }
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let position = Int.random(in: 0..<stream.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: stream[position] = UInt8.random(in: 0...255, using: &random)
        case 1: stream[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: stream.remove(at: position)
        default: stream.removeSubrange(position...)
        }
        if stream.isEmpty { break }
      }
      var decoder = WireFrameDecoder(minimumLength: 16, maximumLength: 4096)
      decoder.append(ByteBuffer(bytes: stream))
      var consumed = 0
      stream: while true {
        do throws(WireViolation) {
          guard let frame = try decoder.next() else { break stream }
          consumed += 4 + frame.readableBytes
          let request = try WireRequest(frame: frame)
          // What is read says the same as the bytes it was read from.
          let again = request.encoded()
          if again != ByteBuffer.prefixed(frame) {
            // A trace is read of bytes that are not written back: zeros, and flags nobody knows.
            var body = again
            body.moveReaderIndex(forwardBy: 4)
            let hasTrace =
              (frame.getInteger(at: frame.readerIndex + 2, as: UInt8.self) ?? 0) & 1 == 1
            if !hasTrace || (try? WireRequest(frame: body)) != request {
              Issue.record("\(request)")
            }
          }
          frames += 1
        } catch {
          violations += 1
          if case .frameLength = error { break stream }
        }
      }
      #expect(consumed + decoder.bufferedBytes <= stream.count)
    }
    #expect(frames > 10_000)
    #expect(violations > 10_000)
  }

  @Test func mutatedResponsesNeverDoMoreThanViolate() {
    var random = SplitMix64(state: 4)
    var outcomes = [true: 0, false: 0]
    for _ in 0..<40_000 {
      var frame = Array(buffer: WireResponse.random(using: &random).encoded())[4...]
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let position = Int.random(in: frame.indices, using: &random)
        frame[position] = UInt8.random(in: 0...255, using: &random)
      }
      let response = try? WireResponse(frame: ByteBuffer(bytes: frame))
      outcomes[response != nil, default: 0] += 1
      if let response { #expect(Array(buffer: response.encoded())[4...] == frame) }
    }
    #expect(outcomes.values.allSatisfy { $0 > 1000 })
  }

  /// One byte of a good request changed, and what the reader says.
  @Test(arguments: [
    (4, UInt8(2), WireViolation.version(found: 2, id: 7)),
    (5, 9, .requestKind(found: 9, id: 7)),
    (6, 4, .reserved(found: 4, id: 7)),
    (7, 1, .reserved(found: 256, id: 7)),
    (6, 1, .extensionsCutShort(bytes: 25, bytesLeft: 0, id: 7)),
    (18, 1, .reserved(found: 1, id: 7)),
    (17, 9, .rank(found: 9, id: 7)),
    (17, 1, .dimensionsCutShort(rank: 1, bytesLeft: 0, id: 7)),
  ])
  func eachFieldOfARequestIsChecked(position: Int, value: UInt8, violation: WireViolation) {
    var bytes = WireGoldenBytesTests.pingBytes
    bytes[position] = value
    #expect(throws: violation) {
      try WireRequest(frame: ByteBuffer(bytes: bytes.dropFirst(4)))
    }
  }

  @Test(arguments: [
    (4, UInt8(0), WireViolation.version(found: 0, id: 5)),
    (5, 1, .responseKind(found: 1, id: 5)),
    (5, 133, .responseKind(found: 133, id: 5)),
    (6, 7, .status(found: 7, id: 5)),
    (24, 0xFF, .messageNotUTF8(id: 5)),
  ])
  func eachFieldOfAResponseIsChecked(position: Int, value: UInt8, violation: WireViolation) {
    var bytes = WireGoldenBytesTests.refusalBytes
    bytes[position] = value
    #expect(throws: violation) {
      try WireResponse(frame: ByteBuffer(bytes: bytes.dropFirst(4)))
    }
  }
}

/// A small generator whose sequence is the same on every machine.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next32() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
}

extension WireRequest {
  static func random(id: UInt32, using random: inout SplitMix64) -> WireRequest {
    WireRequest(
      kind: WireKind.allCases.randomElement(using: &random)!, id: id,
      deadlineMilliseconds: random.next32(), elementCode: UInt8.random(in: 0...4, using: &random),
      dimensions: (0..<Int.random(in: 0...8, using: &random)).map { _ in random.next32() },
      extensions: WireExtensions(
        trace: Bool.random(using: &random) ? WireExtensionsTests.parent : nil,
        modelTag: Bool.random(using: &random) ? random.next() : nil),
      payload: ByteBuffer(
        bytes: (0..<Int.random(in: 0...20, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }))
  }
}

extension WireResponse {
  static func random(using random: inout SplitMix64) -> WireResponse {
    WireResponse(
      kind: WireKind.allCases.randomElement(using: &random)!,
      status: WireStatus.allCases.randomElement(using: &random)!, id: random.next32(),
      prediction: random.next32(), confidence: Float.random(in: 0...1, using: &random),
      microseconds: random.next32(),
      message: String(
        (0..<Int.random(in: 0...10, using: &random)).map { _ in
          "aé日🙂".randomElement(using: &random)!
        }))
  }
}

extension ByteBuffer {
  /// A frame with its length before it again.
  static func prefixed(_ frame: ByteBuffer) -> ByteBuffer {
    var buffer = ByteBuffer(integer: UInt32(frame.readableBytes), endianness: .little)
    buffer.writeImmutableBuffer(frame)
    return buffer
  }
}
