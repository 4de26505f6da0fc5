/// Labelled samples of one split, in memory, in a fixed order.
public struct Dataset: Sendable {
  /// What it is called: `fashion-mnist`, `cifar-10-jpeg75`, or the path that it was read from.
  public let name: String
  /// Which part of it this is: `train`, `calibration` or `test`.
  public let split: String
  /// The class names; a label is an index into them.
  public let classes: [String]
  /// The type of every sample's elements.
  public let elementType: ElementType
  /// The shape of every sample, for example `[3, 32, 32]`.
  public let shape: [Int]
  /// One label a sample, each in `classes.indices`.
  public let labels: [Int]
  /// The samples' bytes, one after the other.
  public let storage: [UInt8]

  /// Makes a data set of parts that the caller has checked.
  ///
  /// - Precondition: `storage` holds exactly one sample a label.
  public init(
    name: String, split: String, classes: [String], elementType: ElementType, shape: [Int],
    labels: [Int], storage: [UInt8]
  ) {
    self.name = name
    self.split = split
    self.classes = classes
    self.elementType = elementType
    self.shape = shape
    self.labels = labels
    self.storage = storage
    precondition(
      storage.count == labels.count
        * (Sample.byteCount(elementType: elementType, shape: shape) ?? -1),
      "a data set holds one sample a label")
  }

  /// How many samples there are.
  public var count: Int { labels.count }

  /// The sample at a position, from 0.
  public func sample(at index: Int) -> Sample {
    let size = storage.count / max(labels.count, 1)
    guard
      let sample = Sample(
        elementType: elementType, shape: shape,
        bytes: Array(storage[index * size..<(index + 1) * size]))
    else { preconditionFailure("a data set's samples have its shape") }
    return sample
  }
}
