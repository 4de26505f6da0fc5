/// Where a gRPC client is in what it sends on one call: within a message, or between two.
///
/// A pure state machine over the bytes of a call's DATA frames as they come; it reads no more of a message
/// than the five bytes before it, a flag and a length.
struct GRPCMessageFraming {
  private static let prefixBytes = 5

  private var prefixRead = 0
  private var length = 0
  private var payloadLeft = 0
  /// How much has come of a message that is not whole.
  private(set) var unfinishedBytes = 0
  /// How many messages have come whole.
  private(set) var wholeMessages = 0
  /// The largest message that was announced, in bytes as they are sent.
  private(set) var largest = 0

  /// Bytes came.
  mutating func received(_ bytes: some RandomAccessCollection<UInt8>) {
    var rest = bytes[...]
    while let first = rest.first {
      if payloadLeft > 0 {
        let count = min(payloadLeft, rest.count)
        payloadLeft -= count
        unfinishedBytes += count
        rest = rest.dropFirst(count)
      } else {
        // The first byte says whether the message is compressed.
        length = prefixRead == 0 ? 0 : length << 8 | Int(first)
        prefixRead += 1
        unfinishedBytes += 1
        rest = rest.dropFirst()
        guard prefixRead == Self.prefixBytes else { continue }
        payloadLeft = length
        largest = max(largest, length)
      }
      if payloadLeft == 0 {
        prefixRead = 0
        unfinishedBytes = 0
        wholeMessages += 1
      }
    }
  }
}
