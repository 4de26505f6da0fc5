/// How an image of any size becomes one of the size that a model takes: resize, then crop.
public struct ImagePreparation: Sendable, Equatable, Codable {
  /// Resizes the shorter side to this and keeps the proportions; nil resizes to the model's own size,
  /// proportions or not.
  public var shorterSide: Int?
  /// How values between pixels are found.
  public var filter: ImageFilter

  /// Makes a preparation.
  public init(shorterSide: Int?, filter: ImageFilter) {
    self.shorterSide = shorterSide
    self.filter = filter
  }

  /// Resizes and crops an image.
  ///
  /// With a shorter side the middle of the resized image is cut out, as torchvision's `Resize` and
  /// `CenterCrop` do; where the model takes more than is there, the shorter side is the model's.
  ///
  /// - Parameters:
  ///   - image: of any size.
  ///   - width: the columns that the model takes.
  ///   - height: the rows that the model takes.
  ///   - channels: 1 or 3.
  ///   - name: names the image in errors.
  /// - Throws: ``ImageError/tooLarge(name:width:height:limit:)`` where the image is so long that its
  ///   resized form would have more than ``RasterImage/defaultPixelLimit`` pixels.
  public func prepare(
    _ image: RasterImage, width: Int, height: Int, channels: Int, name: String
  ) throws(ImageError) -> RasterImage {
    let source = image.converted(toChannels: channels)
    guard let shorterSide else {
      return source.resized(width: width, height: height, filter: filter)
    }
    let size = Self.fitted(source, shorterSide: max(shorterSide, 1), width: width, height: height)
    let (area, overflow) = size.width.multipliedReportingOverflow(by: size.height)
    guard !overflow, area <= RasterImage.defaultPixelLimit else {
      throw .tooLarge(
        name: "\(name), resized to a shorter side of \(shorterSide),", width: size.width,
        height: size.height, limit: RasterImage.defaultPixelLimit)
    }
    return source.resized(width: size.width, height: size.height, filter: filter)
      .cropped(
        x: Self.margin(size.width - width), y: Self.margin(size.height - height), width: width,
        height: height)
  }

  /// The size to resize to, at least the model's in both directions.
  private static func fitted(
    _ image: RasterImage, shorterSide: Int, width: Int, height: Int
  ) -> (width: Int, height: Int) {
    let shorter = min(image.width, image.height)
    let longer = max(image.width, image.height)
    // Sizes are at most 2^26 and the side that a manifest asks for is, too: no overflow.
    let target = min(shorterSide, RasterImage.defaultPixelLimit) * longer / shorter
    return image.width <= image.height
      ? (max(shorterSide, width), max(target, height))
      : (max(target, width), max(shorterSide, height))
  }

  /// Half of what is cut off, halves rounded to even, as in Python.
  private static func margin(_ excess: Int) -> Int {
    Int((Double(excess) / 2).rounded(.toNearestOrEven))
  }
}
