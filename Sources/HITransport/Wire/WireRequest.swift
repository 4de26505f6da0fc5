internal import HIData
public import NIOCore

/// A request frame of the HI wire protocol.
public struct WireRequest: Sendable, Equatable {
  /// What is asked for.
  public var kind: WireKind
  /// The number by which the answer is matched; chosen by the client, not 0.
  public var id: UInt32
  /// How long the client waits from sending, in milliseconds; 0 for as long as it takes.
  public var deadlineMilliseconds: UInt32
  /// The element type's number (`ElementType.wireCode`); 0 where there is no sample.
  public var elementCode: UInt8
  /// One sample's shape, without a batch dimension; empty where there is no sample.
  public var dimensions: [UInt32]
  /// What it carries beside the sample.
  public var extensions: WireExtensions
  /// The sample's bytes.
  public var payload: ByteBuffer

  /// Makes a request of its fields.
  public init(
    kind: WireKind, id: UInt32, deadlineMilliseconds: UInt32 = 0, elementCode: UInt8 = 0,
    dimensions: [UInt32] = [], extensions: WireExtensions = WireExtensions(),
    payload: ByteBuffer = ByteBuffer()
  ) {
    self.kind = kind
    self.id = id
    self.deadlineMilliseconds = deadlineMilliseconds
    self.elementCode = elementCode
    self.dimensions = dimensions
    self.extensions = extensions
    self.payload = payload
  }

  /// Where the deadline lies in an encoded request, from the first byte of the length.
  static let deadlineOffset = 12

  /// The request as bytes, with its length before it.
  ///
  /// - Precondition: there are at most ``WireProtocol/maximumRank`` dimensions.
  public func encoded() -> ByteBuffer {
    var buffer = Self.header(
      kind: kind, id: id, deadlineMilliseconds: deadlineMilliseconds, elementCode: elementCode,
      rank: dimensions.count, extensions: extensions, payloadBytes: payload.readableBytes)
    for dimension in dimensions { buffer.writeInteger(dimension, endianness: .little) }
    buffer.writeImmutableBuffer(payload)
    return buffer
  }

  /// An `infer` request as bytes, straight from the sample.
  ///
  /// - Precondition: the sample has at most ``WireProtocol/maximumRank`` dimensions, each below 2^32.
  static func encoded(
    inferring sample: Sample, id: UInt32, extensions: WireExtensions = WireExtensions()
  ) -> ByteBuffer {
    var buffer = header(
      kind: .infer, id: id, deadlineMilliseconds: 0, elementCode: sample.elementType.wireCode,
      rank: sample.shape.count, extensions: extensions, payloadBytes: sample.bytes.count)
    for dimension in sample.shape {
      buffer.writeInteger(UInt32(dimension), endianness: .little)
    }
    buffer.writeBytes(sample.bytes)
    return buffer
  }

  /// An `authorise` request as bytes.
  static func encoded(authorisingWith token: BearerToken) -> ByteBuffer {
    WireRequest(
      kind: .authorise, id: WireProtocol.authoriseID,
      payload: ByteBuffer(string: token.characters)
    ).encoded()
  }

  private static func header(
    kind: WireKind, id: UInt32, deadlineMilliseconds: UInt32, elementCode: UInt8, rank: Int,
    extensions: WireExtensions, payloadBytes: Int
  ) -> ByteBuffer {
    precondition(rank <= WireProtocol.maximumRank, "a sample has at most 8 dimensions on the wire")
    let kinds = extensions.kinds
    let length =
      WireProtocol.requestHeaderBytes + kinds.byteCount + 4 * rank + payloadBytes
    var buffer = ByteBuffer()
    buffer.reserveCapacity(WireProtocol.lengthBytes + length)
    buffer.writeMultipleIntegers(
      UInt32(length), WireProtocol.version, kind.rawValue, kinds.rawValue, id,
      deadlineMilliseconds, elementCode, UInt8(rank), UInt16(0), endianness: .little)
    extensions.write(to: &buffer)
    return buffer
  }

  /// Reads a request from a frame that ``WireFrameDecoder`` has cut out.
  ///
  /// Whether type, shape and payload are what the model takes is the server's question, not asked here.
  public init(frame: ByteBuffer) throws(WireViolation) {
    var frame = frame
    guard
      let (version, kindCode, flags, id, deadline, elementCode, rank, reserved) =
        frame.readMultipleIntegers(
          endianness: .little,
          as: (UInt8, UInt8, UInt16, UInt32, UInt32, UInt8, UInt8, UInt16).self)
    else {
      throw .frameLength(
        found: UInt32(frame.readableBytes), minimum: WireProtocol.requestHeaderBytes,
        maximum: WireProtocol.defaultMaximumFrameLength)
    }
    guard version == WireProtocol.version else { throw .version(found: version, id: id) }
    guard let kind = WireKind(rawValue: kindCode) else {
      throw .requestKind(found: kindCode, id: id)
    }
    let unknown = flags & ~WireExtensions.Kinds.known.rawValue
    guard unknown == 0, reserved == 0 else {
      throw .reserved(found: unknown != 0 ? flags : reserved, id: id)
    }
    guard rank <= WireProtocol.maximumRank else { throw .rank(found: rank, id: id) }
    let kinds = WireExtensions.Kinds(rawValue: flags)
    guard let extensions = WireExtensions(kinds, from: &frame) else {
      throw .extensionsCutShort(
        bytes: kinds.byteCount, bytesLeft: frame.readableBytes, id: id)
    }
    guard frame.readableBytes >= 4 * Int(rank) else {
      throw .dimensionsCutShort(rank: Int(rank), bytesLeft: frame.readableBytes, id: id)
    }
    var dimensions: [UInt32] = []
    dimensions.reserveCapacity(Int(rank))
    for _ in 0..<rank {
      dimensions.append(frame.readInteger(endianness: .little) ?? 0)
    }
    self.init(
      kind: kind, id: id, deadlineMilliseconds: deadline, elementCode: elementCode,
      dimensions: dimensions, extensions: extensions, payload: frame.slice())
  }
}
