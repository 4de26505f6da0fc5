internal import CZlib

/// How an HTTP body is compressed.
enum BodyCompression: String, Sendable, CaseIterable {
  /// RFC 1952.
  case gzip
  /// RFC 1950: HTTP's `deflate` has a zlib header.
  case deflate

  /// zlib's window, with 16 added for gzip's header and checksum.
  private var windowBits: Int32 { self == .gzip ? 15 + 16 : 15 }

  /// Reads `Content-Encoding`; nil where the body is not compressed.
  init?(contentEncoding: String?) throws(OpenInferenceError) {
    let encoding = contentEncoding?.lowercased().trimmed ?? "identity"
    if encoding.isEmpty || encoding == "identity" { return nil }
    guard let known = Self(rawValue: encoding == "x-gzip" ? "gzip" : encoding) else {
      throw OpenInferenceError(
        .unsupportedEncoding,
        "The Content-Encoding is \"\(encoding)\"; use gzip, deflate or none.")
    }
    self = known
  }

  /// Chooses what `Accept-Encoding` likes best; nil for no compression.
  init?(acceptEncoding: String?) {
    guard let acceptEncoding else { return nil }
    var best: (encoding: BodyCompression, quality: Double)?
    for item in acceptEncoding.lowercased().split(separator: ",") {
      let parts = item.split(separator: ";").map { String($0).trimmed }
      guard let name = parts.first, let encoding = Self(rawValue: name) else { continue }
      let quality =
        parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      if quality > 0, quality > best?.quality ?? 0 { best = (encoding, quality) }
    }
    guard let best else { return nil }
    self = best.encoding
  }

  /// Decompresses a body to at most `limit` bytes.
  func decompress(_ body: [UInt8], limit: Int) throws(OpenInferenceError) -> [UInt8] {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw OpenInferenceError(.failed, "zlib cannot start; try again later.") }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var status = Z_OK
    var input = body
    input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(clamping: input.count)
      while status == Z_OK, output.count <= limit {
        // One byte over the limit tells a body that has more from one that ends there.
        let room = min(max(64 << 10, output.count), limit + 1 - output.count)
        output += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
          stream.next_out = buffer.baseAddress
          stream.avail_out = UInt32(clamping: room)
          status = inflate(&stream, Z_NO_FLUSH)
          count = room - Int(stream.avail_out)
        }
      }
    }
    guard output.count <= limit else {
      throw OpenInferenceError(
        .tooLarge,
        "The body has more than \(limit) bytes when it is decompressed; send less in one request.")
    }
    guard status == Z_STREAM_END, stream.avail_in == 0 else {
      throw .badRequest("The body is not sound \(rawValue) data; compress it again.")
    }
    return output
  }

  /// Compresses a body, fast rather than small.
  func compress(_ body: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, 1, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    var input = body
    return input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(clamping: input.count)
      let room = Int(deflateBound(&stream, UInt(input.count)))
      var status = Z_OK
      let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(clamping: room)
        status = CZlib.deflate(&stream, Z_FINISH)
        count = room - Int(stream.avail_out)
      }
      return status == Z_STREAM_END ? output : nil
    }
  }
}

extension String {
  /// Without spaces at both ends.
  var trimmed: String {
    var rest = self[...]
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
