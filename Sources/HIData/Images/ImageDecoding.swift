internal import CSPNG
internal import CTurboJPEG

extension RasterImage {
  /// The most pixels that an encoded image may have, unless told otherwise: 64 million.
  public static let defaultPixelLimit = 1 << 26

  /// Decodes a JPEG or PNG image, told apart by their first bytes.
  ///
  /// Grey images have one channel, all others three; transparency is dropped, 16-bit samples lose
  /// their lower half, and orientation tags are not followed, as with Pillow's `convert("RGB")`.
  ///
  /// - Parameters:
  ///   - encoded: the file's bytes.
  ///   - name: names it in errors.
  ///   - pixelLimit: the most pixels; more is refused before memory is taken for them.
  /// - Throws: ``ImageError``.
  public init(
    decoding encoded: [UInt8], name: String, pixelLimit: Int = defaultPixelLimit
  ) throws(ImageError) {
    if encoded.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = try Self.decodeJPEG(encoded, name: name, pixelLimit: pixelLimit)
    } else if encoded.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = try Self.decodePNG(encoded, name: name, pixelLimit: pixelLimit)
    } else {
      throw .unknownFormat(name: name)
    }
  }

  /// The size of an image that says what it is, checked against the limit.
  private static func checkSize(
    width: Int, height: Int, limit: Int, name: String
  ) throws(ImageError) {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, count <= limit else {
      throw .tooLarge(name: name, width: width, height: height, limit: limit)
    }
  }

  private static func decodeJPEG(
    _ encoded: [UInt8], name: String, pixelLimit: Int
  ) throws(ImageError) -> RasterImage {
    guard let decoder = tjInitDecompress() else {
      throw .damaged(name: name, format: "JPEG", reason: "the decoder cannot start")
    }
    defer { tjDestroy(decoder) }
    func failure() -> ImageError {
      .damaged(name: name, format: "JPEG", reason: String(cString: tjGetErrorStr2(decoder)))
    }
    var width: Int32 = 0
    var height: Int32 = 0
    var subsampling: Int32 = 0
    var colours: Int32 = 0
    let length = UInt(encoded.count)
    guard
      tjDecompressHeader3(
        decoder, encoded, length, &width, &height, &subsampling, &colours) == 0
    else { throw failure() }
    try checkSize(width: Int(width), height: Int(height), limit: pixelLimit, name: name)
    guard colours != TJCS_CMYK.rawValue, colours != TJCS_YCCK.rawValue else {
      throw .unsupported(name: name, found: "a CMYK image", wanted: "RGB or grey")
    }
    let isGrey = colours == TJCS_GRAY.rawValue
    let channels = isGrey ? 1 : 3
    let format = isGrey ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue
    var status: Int32 = 0
    let size = Int(width) * Int(height) * channels
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      // A damaged scan may end without its rows having been written.
      target.initialize(repeating: 0)
      status = tjDecompress2(
        decoder, encoded, length, target.baseAddress, width, 0, height, format,
        TJFLAG_ACCURATEDCT)
      count = size
    }
    // A warning, such as a stream that ends early, is an error here: half an image is no image.
    guard status == 0 else { throw failure() }
    return RasterImage(
      checkedWidth: Int(width), height: Int(height), channels: channels, pixels: pixels)
  }

  private static func decodePNG(
    _ encoded: [UInt8], name: String, pixelLimit: Int
  ) throws(ImageError) -> RasterImage {
    guard let context = spng_ctx_new(0) else {
      throw .damaged(name: name, format: "PNG", reason: "the decoder cannot start")
    }
    defer { spng_ctx_free(context) }
    // The decoder reads from the array until it is done, so all of it happens in this closure.
    let result = encoded.withUnsafeBytes { bytes in
      Result { () throws(ImageError) in
        try decodePNG(bytes, with: context, name: name, pixelLimit: pixelLimit)
      }
    }
    return try result.get()
  }

  private static func decodePNG(
    _ bytes: UnsafeRawBufferPointer, with context: OpaquePointer, name: String, pixelLimit: Int
  ) throws(ImageError) -> RasterImage {
    func check(_ status: Int32) throws(ImageError) {
      guard status == 0 else {
        throw .damaged(name: name, format: "PNG", reason: String(cString: spng_strerror(status)))
      }
    }
    try check(spng_set_image_limits(context, 1 << 24, 1 << 24))
    // Text and colour profiles are of no use here; what is stored of a chunk is bounded anyway.
    try check(spng_set_chunk_limits(context, 1 << 20, 1 << 22))
    try check(spng_set_png_buffer(context, bytes.baseAddress, bytes.count))
    var header = spng_ihdr()
    try check(spng_get_ihdr(context, &header))
    let width = Int(header.width)
    let height = Int(header.height)
    try checkSize(width: width, height: height, limit: pixelLimit, name: name)
    guard canHold(header, in: bytes.count) else {
      throw .damaged(
        name: name, format: "PNG",
        reason: "\(bytes.count) bytes cannot hold an image of \(width) by \(height)")
    }
    let isGrey =
      header.color_type == UInt8(SPNG_COLOR_TYPE_GRAYSCALE.rawValue) && header.bit_depth <= 8
    let channels = isGrey ? 1 : 3
    let format = isGrey ? SPNG_FMT_G8 : SPNG_FMT_RGB8
    let size = width * height * channels
    var status: Int32 = 0
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      target.initialize(repeating: 0)
      status = spng_decode_image(context, target.baseAddress, size, Int32(format.rawValue), 0)
      count = size
    }
    try check(status)
    return RasterImage(checkedWidth: width, height: height, channels: channels, pixels: pixels)
  }

  /// Whether so short a file can have all lines of its image: deflate makes at most 1032 bytes of one, so
  /// that nobody can have memory taken for an image that is not there.
  private static func canHold(_ header: spng_ihdr, in bytes: Int) -> Bool {
    let samples =
      switch spng_color_type(UInt32(header.color_type)) {
      case SPNG_COLOR_TYPE_TRUECOLOR: 3
      case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA: 4
      case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA: 2
      default: 1
      }
    let line = (Int(header.width) * samples * Int(header.bit_depth) + 7) / 8
    return Int(header.height) * line <= 1032 * bytes
  }
}
