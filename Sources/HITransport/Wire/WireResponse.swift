public import NIOCore

/// A response frame of the HI wire protocol.
public struct WireResponse: Sendable, Equatable {
  /// The kind of the request that this answers.
  public var kind: WireKind
  /// How the request ended.
  public var status: WireStatus
  /// The request's number; 0 where the server could not read it.
  public var id: UInt32
  /// The predicted class, an index into the model's class names; 0 where there is none.
  public var prediction: UInt32
  /// The highest softmax value, 0 to 1.
  public var confidence: Float
  /// From the request's last byte read to the answer ready to be written, in microseconds.
  public var microseconds: UInt32
  /// What went wrong, or the document of `describe`; empty otherwise.
  public var message: String

  /// Makes a response of its fields.
  public init(
    kind: WireKind, status: WireStatus = .ok, id: UInt32, prediction: UInt32 = 0,
    confidence: Float = 0, microseconds: UInt32 = 0, message: String = ""
  ) {
    self.kind = kind
    self.status = status
    self.id = id
    self.prediction = prediction
    self.confidence = confidence
    self.microseconds = microseconds
    self.message = message
  }

  /// The response as bytes, with its length before it.
  public func encoded() -> ByteBuffer {
    let length = WireProtocol.responseHeaderBytes + message.utf8.count
    var buffer = ByteBuffer()
    buffer.reserveCapacity(WireProtocol.lengthBytes + length)
    buffer.writeMultipleIntegers(
      UInt32(length), WireProtocol.version, kind.rawValue + WireProtocol.responseBit,
      status.rawValue, id, prediction, confidence.bitPattern, microseconds, endianness: .little)
    buffer.writeString(message)
    return buffer
  }

  /// Reads a response from a frame that ``WireFrameDecoder`` has cut out.
  public init(frame: ByteBuffer) throws(WireViolation) {
    var frame = frame
    guard
      let (version, kindCode, statusCode, id, prediction, confidence, microseconds) =
        frame.readMultipleIntegers(
          endianness: .little, as: (UInt8, UInt8, UInt16, UInt32, UInt32, UInt32, UInt32).self)
    else {
      throw .frameLength(
        found: UInt32(frame.readableBytes), minimum: WireProtocol.responseHeaderBytes,
        maximum: WireProtocol.defaultMaximumFrameLength)
    }
    guard version == WireProtocol.version else { throw .version(found: version, id: id) }
    guard kindCode >= WireProtocol.responseBit,
      let kind = WireKind(rawValue: kindCode - WireProtocol.responseBit)
    else { throw .responseKind(found: kindCode, id: id) }
    guard let status = WireStatus(rawValue: statusCode) else {
      throw .status(found: statusCode, id: id)
    }
    var message = ""
    if frame.readableBytes > 0 {
      guard let text = String(validating: frame.readableBytesView, as: UTF8.self) else {
        throw .messageNotUTF8(id: id)
      }
      message = text
    }
    self.init(
      kind: kind, status: status, id: id, prediction: prediction,
      confidence: Float(bitPattern: confidence), microseconds: microseconds, message: message)
  }
}
