/// One input to classify: the raw elements, row-major and little-endian, without a batch dimension.
public struct Sample: Sendable, Equatable {
  /// The type of the elements.
  public let elementType: ElementType
  /// The sizes of the dimensions, for example `[1, 28, 28]`.
  public let shape: [Int]
  /// The elements' bytes; `elementCount * elementType.size` of them.
  public let bytes: [UInt8]

  /// Makes a sample, or gives nil where the number of bytes is not what shape and type say.
  public init?(elementType: ElementType, shape: [Int], bytes: [UInt8]) {
    guard let size = Self.byteCount(elementType: elementType, shape: shape), size == bytes.count
    else { return nil }
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// How many bytes a sample of this type and shape has, or nil where a dimension is not positive or
  /// the product overflows.
  public static func byteCount(elementType: ElementType, shape: [Int]) -> Int? {
    var count = elementType.size
    for dimension in shape {
      guard dimension > 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }
}
