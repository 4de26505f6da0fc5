/// Where an HTTP/2 client is in what it sends: within its preface or a frame, or between two frames.
///
/// A pure state machine over the bytes as they come (RFC 9113, sections 3.4 and 4.1); it reads no more of a
/// frame than its length.
struct HTTP2Framing {
  private static let prefaceBytes = 24
  private static let headerBytes = 9

  private var prefaceLeft = Self.prefaceBytes
  private var headerRead = 0
  private var length = 0
  private var payloadLeft = 0
  /// How many frames have begun with a whole header.
  private(set) var frames = 0

  /// Whether nothing has begun that has not ended, after at least the preface and one frame.
  var isBetweenFrames: Bool {
    frames > 0 && headerRead == 0 && payloadLeft == 0
  }

  /// Bytes came.
  mutating func received(_ bytes: some RandomAccessCollection<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if prefaceLeft > 0 {
        let count = min(prefaceLeft, rest.count)
        prefaceLeft -= count
        rest = rest.dropFirst(count)
      } else if payloadLeft > 0 {
        let count = min(payloadLeft, rest.count)
        payloadLeft -= count
        rest = rest.dropFirst(count)
      } else {
        headerByte(rest.removeFirst())
      }
    }
  }

  private mutating func headerByte(_ byte: UInt8) {
    if headerRead == 0 { length = 0 }
    if headerRead < 3 { length = length << 8 | Int(byte) }
    headerRead += 1
    guard headerRead == Self.headerBytes else { return }
    headerRead = 0
    payloadLeft = length
    frames += 1
  }
}
