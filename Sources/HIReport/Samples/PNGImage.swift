internal import CZlib

/// Pixels as a PNG file (ISO/IEC 15948): 8 bits a channel, grey or RGB, without filters.
struct PNGImage: Sendable, Equatable {
  let width: Int
  let height: Int
  /// 1 for grey, 3 for RGB.
  let channels: Int
  /// Row by row, the channels of a pixel together.
  let pixels: [UInt8]

  /// Nil where the number of bytes is not what the sizes say.
  init?(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    guard width > 0, height > 0, channels == 1 || channels == 3,
      pixels.count == width * height * channels
    else { return nil }
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The file; nil only where zlib refuses to work.
  var file: [UInt8]? {
    var raw: [UInt8] = []
    raw.reserveCapacity(pixels.count + height)
    for row in 0..<height {
      raw.append(0)
      raw += pixels[row * width * channels..<(row + 1) * width * channels]
    }
    var size = compressBound(UInt(raw.count))
    var compressed = [UInt8](repeating: 0, count: Int(size))
    guard compress2(&compressed, &size, raw, UInt(raw.count), 9) == Z_OK else { return nil }
    let header =
      Self.bytes(UInt32(width)) + Self.bytes(UInt32(height))
      + [8, channels == 1 ? 0 : 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + Self.chunk("IHDR", header) + Self.chunk("IDAT", Array(compressed.prefix(Int(size))))
      + Self.chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    let checksum = UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count)))
    return bytes(UInt32(data.count)) + body + bytes(checksum)
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
