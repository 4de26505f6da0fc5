/// How a data set lies in its folder.
enum DatasetLayout: Sendable, Equatable {
  /// Four IDX files, plain or `.gz`: `train-…` and `t10k-…` (or `t3k-…`).
  case idx
  /// `data_batch_1.bin` and so on, and `test_batch.bin`.
  case cifar10
  /// `n????????.jpg`, one a class, of any size.
  case pictureAClass

  private static let testPrefixes = ["t10k", "t3k", "test"]

  /// The layout of a folder, told from the names of its files, or nil.
  static func detect(_ folder: String) -> DatasetLayout? {
    if idxPair(folder, part: .test) != nil { return .idx }
    if FileBytes.isFile(folder + "/test_batch.bin") { return .cifar10 }
    if PictureAClass(folder: folder) != nil { return .pictureAClass }
    return nil
  }

  /// The training or the test records of a folder that has this layout.
  func read(_ folder: String, part: Part, classes: Int?) throws(DataError) -> LabelledSamples {
    switch self {
    case .idx:
      guard let pair = Self.idxPair(folder, part: part) else {
        throw .fileNotFound(
          file: folder + "/\(part == .train ? "train" : "t10k")-images-idx3-ubyte")
      }
      return try LabelledSamples(idxImages: pair.images, labels: pair.labels, classes: classes)
    case .cifar10:
      return try CIFAR10File.read(
        part == .test
          ? [folder + "/test_batch.bin"] : (1...5).map { folder + "/data_batch_\($0).bin" })
    case .pictureAClass:
      throw .unsupported(
        file: folder, found: "pictures", wanted: "data whose samples have a fixed size")
    }
  }

  /// The two parts that data sets are published in.
  enum Part: Sendable { case train, test }

  private static func idxPair(_ folder: String, part: Part) -> (images: String, labels: String)? {
    for prefix in part == .train ? ["train"] : testPrefixes {
      for suffix in ["", ".gz"] {
        let images = "\(folder)/\(prefix)-images-idx3-ubyte\(suffix)"
        if FileBytes.isFile(images) {
          return (images, "\(folder)/\(prefix)-labels-idx1-ubyte\(suffix)")
        }
      }
    }
    return nil
  }
}
