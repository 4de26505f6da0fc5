/// The binary form of CIFAR-10 (Krizhevsky, 2009): records of a label byte and 3,072 bytes of pixels,
/// the red, the green and the blue plane of 32 x 32 one after the other.
enum CIFAR10File {
  static let shape = [3, 32, 32]
  static let pixelCount = 3_072
  static let recordSize = 3_073
  static let classCount = 10

  /// Reads files one after the other.
  static func read(_ paths: [String]) throws(DataError) -> LabelledSamples {
    var samples = LabelledSamples(shape: shape, labels: [], storage: [])
    for path in paths {
      try parse(FileBytes.read(path), file: path, into: &samples)
    }
    return samples
  }

  /// Appends a file's records to `samples`; `file` names it in errors.
  static func parse(
    _ contents: [UInt8], file: String, into samples: inout LabelledSamples
  ) throws(DataError) {
    guard !contents.isEmpty, contents.count.isMultiple(of: recordSize) else {
      throw .wrongLength(
        file: file, expected: "one or more records of \(recordSize) bytes",
        found: "\(contents.count) bytes")
    }
    let count = contents.count / recordSize
    samples.labels.reserveCapacity(samples.labels.count + count)
    samples.storage.reserveCapacity(samples.storage.count + count * pixelCount)
    for record in 0..<count {
      let start = record * recordSize
      guard contents[start] < classCount else {
        throw .labelOutOfRange(
          file: file, record: record, label: Int(contents[start]), classes: classCount)
      }
      samples.labels.append(Int(contents[start]))
      samples.storage += contents[start + 1..<start + recordSize]
    }
  }
}
