public import NIOCore

/// Cuts a stream of bytes into frames, however the network has split it.
///
///     var decoder = WireFrameDecoder(minimumLength: WireProtocol.requestHeaderBytes)
///     decoder.append(bytes)
///     while let frame = try decoder.next() { … }
///
/// A frame is given without its length. A length outside the limits is known from its four bytes
/// alone, before anything is kept for it; after it the decoder gives nothing but that violation.
public struct WireFrameDecoder: Sendable {
  /// The shortest frame accepted, without its length.
  public let minimumLength: Int
  /// The longest frame accepted, without its length.
  public var maximumLength: Int

  private var buffer = ByteBuffer()
  private var violation: WireViolation?

  /// Makes a decoder for one direction of one connection.
  public init(
    minimumLength: Int, maximumLength: Int = WireProtocol.defaultMaximumFrameLength
  ) {
    self.minimumLength = minimumLength
    self.maximumLength = maximumLength
  }

  /// How many bytes are kept: whole frames not taken yet and the beginning of the next.
  public var bufferedBytes: Int { buffer.readableBytes }

  /// Adds what the network gave; without a copy where nothing was kept.
  public mutating func append(_ bytes: ByteBuffer) {
    guard violation == nil else { return }
    if buffer.readableBytes == 0 {
      buffer = bytes
    } else {
      if buffer.readerIndex > buffer.capacity / 2 { buffer.discardReadBytes() }
      buffer.writeImmutableBuffer(bytes)
    }
  }

  /// The next whole frame, or nil until more bytes come.
  public mutating func next() throws(WireViolation) -> ByteBuffer? {
    if let violation { throw violation }
    guard
      let length = buffer.getInteger(at: buffer.readerIndex, endianness: .little, as: UInt32.self)
    else { return nil }
    guard minimumLength <= Int(length), Int(length) <= maximumLength else {
      let found = WireViolation.frameLength(
        found: length, minimum: minimumLength, maximum: maximumLength)
      violation = found
      buffer = ByteBuffer()
      throw found
    }
    guard
      let frame = buffer.getSlice(
        at: buffer.readerIndex + WireProtocol.lengthBytes, length: Int(length))
    else { return nil }
    buffer.moveReaderIndex(forwardBy: WireProtocol.lengthBytes + Int(length))
    // An idle connection holds no memory of frames past.
    if buffer.readableBytes == 0 { buffer = ByteBuffer() }
    return frame
  }
}
