/// A decoded image: 8-bit pixels, row by row, the channels of a pixel side by side.
public struct RasterImage: Sendable, Equatable {
  /// How many columns.
  public let width: Int
  /// How many rows.
  public let height: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// `height * width * channels` bytes.
  public let pixels: [UInt8]

  /// Makes an image, or gives nil where the sizes are not positive, the channels not 1 or 3, or the
  /// number of bytes another.
  public init?(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    guard
      channels == 1 || channels == 3,
      Sample.byteCount(elementType: .uint8, shape: [height, width, channels]) == pixels.count
    else { return nil }
    self.init(checkedWidth: width, height: height, channels: channels, pixels: pixels)
  }

  /// For callers that have made the pixels to the sizes.
  init(checkedWidth width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The image with 1 or 3 channels: grey is repeated, colour becomes luma (ITU-R BT.601, in the
  /// 16-bit fixed point that Pillow's `convert("L")` has).
  public func converted(toChannels wanted: Int) -> RasterImage {
    precondition(wanted == 1 || wanted == 3, "an image has 1 or 3 channels")
    guard wanted != channels else { return self }
    let count = width * height
    let converted = [UInt8](unsafeUninitializedCapacity: count * wanted) { target, filled in
      for pixel in 0..<count {
        if wanted == 3 {
          for channel in 0..<3 { target[pixel * 3 + channel] = pixels[pixel] }
        } else {
          let red = Int(pixels[pixel * 3])
          let green = Int(pixels[pixel * 3 + 1])
          let blue = Int(pixels[pixel * 3 + 2])
          target[pixel] = UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
        }
      }
      filled = count * wanted
    }
    return RasterImage(checkedWidth: width, height: height, channels: wanted, pixels: converted)
  }

  /// A part of the image.
  ///
  /// - Precondition: the part lies in the image and is not empty.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> RasterImage {
    precondition(
      x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= self.width
        && y + height <= self.height, "a crop lies in its image")
    var part: [UInt8] = []
    part.reserveCapacity(width * height * channels)
    for row in y..<y + height {
      let start = (row * self.width + x) * channels
      part += pixels[start..<start + width * channels]
    }
    return RasterImage(checkedWidth: width, height: height, channels: channels, pixels: part)
  }

  /// The pixels with each channel's plane together, as `CHW` models take them.
  public var channelsFirst: [UInt8] {
    guard channels > 1 else { return pixels }
    let count = width * height
    return [UInt8](unsafeUninitializedCapacity: pixels.count) { target, filled in
      for channel in 0..<channels {
        for pixel in 0..<count {
          target[channel * count + pixel] = pixels[pixel * channels + channel]
        }
      }
      filled = pixels.count
    }
  }

  /// An image out of planes, one a channel, or nil as for the other initialiser.
  public init?(width: Int, height: Int, channels: Int, planes: [UInt8]) {
    guard
      let planar = RasterImage(width: width, height: height, channels: channels, pixels: planes)
    else { return nil }
    guard channels > 1 else {
      self = planar
      return
    }
    let count = width * height
    let pixels = [UInt8](unsafeUninitializedCapacity: planes.count) { target, filled in
      for channel in 0..<channels {
        for pixel in 0..<count {
          target[pixel * channels + channel] = planes[channel * count + pixel]
        }
      }
      filled = planes.count
    }
    self.init(checkedWidth: width, height: height, channels: channels, pixels: pixels)
  }
}
