/// How often a protobuf message may have its fields, looked at before anything is made of them.
///
/// An empty submessage is two bytes on the wire and hundreds in memory, so the size of a message alone does
/// not bound what it becomes. Fields without a rule are not counted: what they take is in proportion to
/// their bytes.
struct MessageBounds: Sendable {
  /// What holds for one field.
  enum Rule: Sendable {
    /// So many of it at most.
    case most(Int)
    /// So many of it at most, each a message with rules of its own.
    indirect case messages(Int, MessageBounds)
    /// So many numbers at most, packed or not.
    case numbers(Int)
  }

  /// A field that there is too often, or whose message cannot be read.
  enum Violation: Error, Equatable {
    case tooMany(String, most: Int)
    case malformed
  }

  private let fields: [UInt64: (name: String, rule: Rule)]

  init(_ fields: [UInt64: (name: String, rule: Rule)]) { self.fields = fields }

  /// Looks through the tags of a message, in time that is linear in its bytes and with no memory for them.
  func check(_ bytes: UnsafeRawBufferPointer) throws(Violation) {
    var reader = TagReader(bytes: bytes)
    var counts: [UInt64: Int] = [:]
    // What is within a group is none of the message's own fields; the protocol has no groups.
    var groups = 0
    while !reader.isAtEnd {
      let tag = try reader.number()
      let (field, wireType) = (tag >> 3, tag & 7)
      var payload: UnsafeRawBufferPointer?
      switch wireType {
      case 0: _ = try reader.number()
      case 1: _ = try reader.take(8)
      case 2:
        guard let length = Int(exactly: try reader.number()) else { throw .malformed }
        payload = try reader.take(length)
      case 3: groups += 1
      case 4: groups -= 1
      case 5: _ = try reader.take(4)
      default: throw .malformed
      }
      guard groups >= 0 else { throw .malformed }
      guard groups == 0, let (name, rule) = fields[field] else { continue }
      let most: Int
      var found = 1
      switch rule {
      case .most(let limit): most = limit
      case .numbers(let limit):
        most = limit
        // A number's last byte is the one without the highest bit.
        if let payload { found = payload.count { $0 < 0x80 } }
      case .messages(let limit, let bounds):
        most = limit
        if let payload { try bounds.check(payload) }
      }
      counts[field, default: 0] += found
      guard counts[field, default: 0] <= most else { throw .tooMany(name, most: most) }
    }
  }
}

/// The wire format's smallest pieces, one after the other.
private struct TagReader {
  let bytes: UnsafeRawBufferPointer
  private var place = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { place == bytes.count }

  mutating func number() throws(MessageBounds.Violation) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard place < bytes.count else { throw .malformed }
      let byte = bytes[place]
      place += 1
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw .malformed
  }

  mutating func take(
    _ count: Int
  ) throws(MessageBounds.Violation) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - place else { throw .malformed }
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
  }
}
