import CZlib

/// Builders of the formats that are read, written apart from the readers.
enum Encoding {
  static func idx(_ shape: [Int], _ bytes: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { bigEndian(UInt32($0)) } + bytes
  }

  static func bigEndian(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }

  static func cifar(_ labels: [UInt8]) -> [UInt8] {
    labels.flatMap { [$0] + Array(repeating: $0 &* 7, count: 3_072) }
  }

  static func npy(
    _ descr: String, order: String = "False", shape: String, _ bytes: [UInt8], version: UInt8 = 1
  ) -> [UInt8] {
    npy(
      header: "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': \(shape), }", bytes,
      version: version)
  }

  static func npy(header: String, _ bytes: [UInt8], version: UInt8 = 1) -> [UInt8] {
    var header = Array(header.utf8)
    while (header.count + 11) % 64 != 0 { header.append(0x20) }
    header.append(0x0a)
    let length = UInt32(header.count)
    let little = bigEndian(length).reversed()
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + little.prefix(version == 1 ? 2 : 4)
      + header + bytes
  }

  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    let bound = Int(deflateBound(&stream, UInt(bytes.count))) + 64
    return input.withUnsafeMutableBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: bound) { output, count in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(bound)
        precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
        count = bound - Int(stream.avail_out)
      }
    }
  }
}
