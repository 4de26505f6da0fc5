/// The form that a picture takes before a model sees it.
///
///     let form = ImageForm(shape: [3, 32, 32], isChannelsFirst: true)
///     let sample = try form?.sample(decoding: bytes, name: "cat.jpg")
public struct ImageForm: Sendable, Equatable {
  /// One sample's sizes, channels first or last.
  public let shape: [Int]
  /// Whether each channel's plane stands together.
  public let isChannelsFirst: Bool
  /// How a picture of another size becomes one of this size.
  public let preparation: ImagePreparation

  private var channels: Int { isChannelsFirst ? shape[0] : shape[2] }
  private var height: Int { isChannelsFirst ? shape[1] : shape[0] }
  private var width: Int { isChannelsFirst ? shape[2] : shape[1] }

  /// Makes a form, or gives nil where no picture has it: three positive sizes, 1 or 3 channels.
  public init?(
    shape: [Int], isChannelsFirst: Bool,
    preparation: ImagePreparation = ImagePreparation(shorterSide: nil, filter: .bilinear)
  ) {
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else { return nil }
    self.shape = shape
    self.isChannelsFirst = isChannelsFirst
    self.preparation = preparation
    guard channels == 1 || channels == 3 else { return nil }
  }

  /// Decodes a PNG or JPEG picture and brings it into this form.
  ///
  /// - Parameters:
  ///   - encoded: the file's bytes.
  ///   - name: names the picture in errors.
  /// - Throws: ``ImageError``.
  public func sample(decoding encoded: [UInt8], name: String) throws(ImageError) -> Sample {
    let pixels = try pixels(decoding: encoded, name: name)
    guard let sample = Sample(elementType: .uint8, shape: shape, bytes: pixels) else {
      preconditionFailure("a prepared picture has the size that it was prepared for")
    }
    return sample
  }

  /// The bytes of the sample that a picture becomes.
  func pixels(decoding encoded: [UInt8], name: String) throws(ImageError) -> [UInt8] {
    let prepared = try preparation.prepare(
      RasterImage(decoding: encoded, name: name), width: width, height: height,
      channels: channels, name: name)
    return isChannelsFirst ? prepared.channelsFirst : prepared.pixels
  }
}
