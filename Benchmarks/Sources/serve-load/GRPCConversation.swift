/// A unary gRPC call after the other on one HTTP/2 connection (RFC 9113), as little of it as that takes.
struct GRPCConversation: Conversation {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  /// The most that a frame may carry unless the peer allows more.
  private static let frameLimit = 16_384

  private enum Kind {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
  }

  private let headers: [UInt8]
  private let message: [UInt8]
  private var stream: UInt32 = 1
  private var buffer: [UInt8] = []
  private var hasMessage = false

  /// - Parameter message: a serialised `ModelInferRequest`.
  init(message: [UInt8], authority: String) {
    var framed: [UInt8] = [0]
    framed += Self.bigEndian(UInt32(message.count))
    framed += message
    self.message = framed
    let fields = [
      (":method", "POST"), (":scheme", "http"),
      (":path", "/inference.GRPCInferenceService/ModelInfer"), (":authority", authority),
      ("te", "trailers"), ("content-type", "application/grpc"), ("user-agent", "serve-load"),
    ]
    // Literals that neither side keeps (RFC 7541, 6.2.2), so connections need no table.
    var headers: [UInt8] = []
    for (name, value) in fields {
      headers += [0, UInt8(name.utf8.count)]
      headers += name.utf8
      headers.append(UInt8(value.utf8.count))
      headers += value.utf8
    }
    self.headers = headers
  }

  var opening: [UInt8] {
    // A window that answers cannot fill: 2^30 bytes for the connection and for each stream.
    var bytes = Self.preface
    let window = Self.bigEndian(1 << 30)
    bytes += Self.frame(Kind.settings, 0, 0, [0, 4] + window)
    bytes += Self.frame(Kind.windowUpdate, 0, 0, window)
    return bytes
  }

  mutating func nextRequest() -> [UInt8] {
    hasMessage = false
    var bytes = Self.frame(Kind.headers, 4, stream, headers)
    var rest = message[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Self.frameLimit)
      rest = rest.dropFirst(piece.count)
      bytes += Self.frame(Kind.data, rest.isEmpty ? 1 : 0, stream, Array(piece))
    }
    return bytes
  }

  mutating func received(_ bytes: ArraySlice<UInt8>, reply: inout [UInt8]) -> Bool? {
    buffer += bytes
    var outcome: Bool?
    var start = 0
    while buffer.count - start >= 9 {
      let length = Int(buffer[start]) << 16 | Int(buffer[start + 1]) << 8 | Int(buffer[start + 2])
      guard buffer.count - start >= 9 + length else { break }
      let (kind, flags) = (buffer[start + 3], buffer[start + 4])
      let payload = buffer[start + 9..<start + 9 + length]
      switch kind {
      // An error has no message: only headers.
      case Kind.data: hasMessage = hasMessage || !payload.isEmpty
      case Kind.settings where flags & 1 == 0: reply += Self.frame(Kind.settings, 1, 0, [])
      case Kind.ping where flags & 1 == 0: reply += Self.frame(Kind.ping, 1, 0, Array(payload))
      case Kind.reset, Kind.goAway: outcome = false
      default: break
      }
      if kind == Kind.data || kind == Kind.headers, flags & 1 != 0 {
        outcome = hasMessage
        stream += 2
      }
      start += 9 + length
    }
    buffer.removeFirst(start)
    return outcome
  }

  private static func frame(
    _ kind: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]
  ) -> [UInt8] {
    var frame = Array(bigEndian(UInt32(payload.count)).dropFirst())
    frame += [kind, flags]
    frame += bigEndian(stream)
    frame += payload
    return frame
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
