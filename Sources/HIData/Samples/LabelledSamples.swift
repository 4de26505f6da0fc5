/// The records of one or more files, before they become a split.
struct LabelledSamples: Sendable, Equatable {
  /// The shape of every sample.
  var shape: [Int]
  /// One label a sample.
  var labels: [Int]
  /// The samples' bytes, one after the other.
  var storage: [UInt8]

  /// Some of the records, in their order.
  func records(_ range: Range<Int>) -> LabelledSamples {
    guard range != labels.indices else { return self }
    let size = storage.count / max(labels.count, 1)
    return LabelledSamples(
      shape: shape, labels: Array(labels[range]),
      storage: Array(storage[range.lowerBound * size..<range.upperBound * size]))
  }
}
