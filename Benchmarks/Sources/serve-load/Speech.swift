/// What is spoken on a connection, without its socket: the bytes of a request, and where an answer ends.
enum Speech: String {
  case http, grpc, wire

  /// A conversation on a new connection.
  func conversation(request: [UInt8], port: UInt16) -> any Conversation {
    switch self {
    case .http: HTTPConversation(request: request)
    case .wire: WireConversation(request: request)
    case .grpc: GRPCConversation(message: request, authority: "127.0.0.1:\(port)")
    }
  }
}

/// One connection's side of a protocol, one request at a time.
protocol Conversation {
  /// What is sent before the first request.
  var opening: [UInt8] { get }

  /// The bytes of the next request.
  mutating func nextRequest() -> [UInt8]

  /// Reads what came; `reply` gets what the protocol itself has to answer.
  ///
  /// - Returns: whether the request is answered, and well; nil while it is not.
  mutating func received(_ bytes: ArraySlice<UInt8>, reply: inout [UInt8]) -> Bool?
}

/// HTTP/1.1 with a `Content-Length`.
struct HTTPConversation: Conversation {
  let request: [UInt8]
  let opening: [UInt8] = []
  private var buffer: [UInt8] = []
  private var length: Int?

  init(request: [UInt8]) { self.request = request }

  mutating func nextRequest() -> [UInt8] { request }

  mutating func received(_ bytes: ArraySlice<UInt8>, reply: inout [UInt8]) -> Bool? {
    buffer += bytes
    if length == nil { length = Self.length(of: buffer) }
    guard let length, buffer.count >= length else { return nil }
    let isGood =
      length > 0 && buffer.count == length && buffer.starts(with: Array("HTTP/1.1 200".utf8))
    buffer.removeAll(keepingCapacity: true)
    self.length = nil
    return isGood
  }

  /// How long head and body are together; nil while the head is not whole, 0 where it has no length.
  private static func length(of bytes: [UInt8]) -> Int? {
    let blank: [UInt8] = [13, 10, 13, 10]
    guard
      let end = bytes.indices.first(where: { bytes[$0] == 13 && bytes[$0...].starts(with: blank) })
    else { return nil }
    for line in String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == "content-length",
        let length = Int(parts[1].drop { $0 == " " })
      {
        return end + 4 + length
      }
    }
    return 0
  }
}

/// The HI wire protocol.
struct WireConversation: Conversation {
  let request: [UInt8]
  let opening: [UInt8] = []
  private var buffer: [UInt8] = []

  init(request: [UInt8]) { self.request = request }

  mutating func nextRequest() -> [UInt8] { request }

  mutating func received(_ bytes: ArraySlice<UInt8>, reply: inout [UInt8]) -> Bool? {
    buffer += bytes
    guard buffer.count >= 4 else { return nil }
    let length = (0..<4).reversed().reduce(4) { $0 + Int(buffer[$1]) << (8 * $1) }
    guard buffer.count >= length else { return nil }
    defer { buffer.removeAll(keepingCapacity: true) }
    return buffer.count == length && length >= 24 && buffer[6] == 0 && buffer[7] == 0
  }
}
