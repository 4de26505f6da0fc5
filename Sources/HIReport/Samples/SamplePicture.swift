internal import Foundation
internal import HIData

/// A sample as a picture inside a page.
enum SamplePicture {
  /// A `data:` URI; nil for samples that are no grey or RGB images of 8 bits.
  static func source(_ sample: Sample) -> String? {
    guard sample.elementType == .uint8, let image = image(sample.shape, sample.bytes),
      let file = image.file
    else { return nil }
    return "data:image/png;base64," + Data(file).base64EncodedString()
  }

  /// The sample's pixels, channels first or last, whichever its shape says.
  static func image(_ shape: [Int], _ bytes: [UInt8]) -> PNGImage? {
    guard shape.count == 3 else {
      return shape.count == 2
        ? PNGImage(width: shape[1], height: shape[0], channels: 1, pixels: bytes) : nil
    }
    if shape[0] == 1 || shape[0] == 3 {
      let (channels, height, width) = (shape[0], shape[1], shape[2])
      let plane = height * width
      guard bytes.count == channels * plane else { return nil }
      let pixels =
        channels == 1
        ? bytes
        : (0..<plane).flatMap { pixel in (0..<channels).map { bytes[$0 * plane + pixel] } }
      return PNGImage(width: width, height: height, channels: channels, pixels: pixels)
    }
    return PNGImage(width: shape[1], height: shape[0], channels: shape[2], pixels: bytes)
  }
}
