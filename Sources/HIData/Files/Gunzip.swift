internal import CZlib

/// Decompresses gzip data to a length that the caller bounds, so that a small file cannot ask for all
/// of the memory.
enum Gunzip {
  /// What came out, and whether the stream had more than the caller wanted.
  struct Result {
    var bytes: [UInt8]
    var hasMore: Bool
  }

  private static let chunkSize = 1 << 18

  /// Decompresses at most `limit` bytes of a gzip file, concatenated members included.
  ///
  /// - Throws: ``DataError/corruptCompression(file:reason:)`` where the stream, up to the limit, is
  ///   damaged or ends early.
  static func inflate(
    _ compressed: [UInt8], limit: Int, file: String
  ) throws(DataError) -> Result {
    var stream = z_stream()
    // 15 bits of window, plus 16 for gzip with its header and checksum.
    let status = inflateInit2_(
      &stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw .corruptCompression(file: file, reason: "zlib cannot start")
    }
    defer { inflateEnd(&stream) }

    var outcome = Outcome.moreInput
    var output: [UInt8] = []
    var input = compressed
    input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      var remaining = input.count
      while outcome == .moreInput {
        if stream.avail_in == 0 {
          let piece = min(remaining, Int(Int32.max))
          stream.avail_in = UInt32(piece)
          remaining -= piece
        }
        outcome = step(&stream, remaining: remaining, limit: limit, into: &output)
      }
    }
    switch outcome {
    case .failed(let reason): throw .corruptCompression(file: file, reason: reason)
    case .full: return Result(bytes: output, hasMore: true)
    case .done, .moreInput: return Result(bytes: output, hasMore: false)
    }
  }

  private enum Outcome: Equatable {
    case moreInput, full, done
    case failed(String)
  }

  /// Decompresses one chunk more onto `output`.
  private static func step(
    _ stream: inout z_stream, remaining: Int, limit: Int, into output: inout [UInt8]
  ) -> Outcome {
    // One byte over the limit tells a stream that has more from one that ends there.
    let room = min(chunkSize, limit + 1 - output.count)
    var status = Z_OK
    let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(room)
      status = CZlib.inflate(&stream, Z_NO_FLUSH)
      count = room - Int(stream.avail_out)
    }
    output += chunk
    if output.count > limit {
      output.removeLast(output.count - limit)
      return .full
    }
    switch status {
    case Z_STREAM_END:
      if stream.avail_in == 0 && remaining == 0 { return .done }
      return inflateReset(&stream) == Z_OK ? .moreInput : .failed("zlib cannot go on")
    case Z_OK:
      if stream.avail_in == 0 && remaining == 0 && chunk.isEmpty { return .failed("it ends early") }
      return .moreInput
    case Z_BUF_ERROR:
      return .failed("it ends early")
    default:
      return .failed(stream.msg.map { String(cString: $0) } ?? "zlib status \(status)")
    }
  }
}
