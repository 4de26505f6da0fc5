internal import Foundation

/// A folder with one JPEG a class, called after its WordNet number (`n01440764.jpg`): sorted by name the
/// i-th is of class i, from 0. The published sample of ImageNet-1K lies so.
///
/// Every second picture, from the first, is of the `test` split and the others are of the `calibration`
/// split, so the two share no class; there is nothing to train on.
struct PictureAClass {
  private let folder: String
  private let names: [String]

  /// Looks at a folder; nil where it holds no such picture.
  init?(folder: String) {
    self.folder = folder
    names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter(Self.isWordNetPicture).sorted()
    if names.isEmpty { return nil }
  }

  /// Decodes the pictures of a split into a form.
  ///
  /// - Parameter classes: the class names, as many as there must be pictures.
  func read(
    _ split: DatasetSplit, form: ImageForm, classes: [String], name: String
  ) throws(DataError) -> Dataset {
    guard names.count == classes.count else {
      throw .wrongLength(
        file: folder, expected: "\(classes.count) pictures n????????.jpg",
        found: "\(names.count) of them")
    }
    guard split != .train else {
      throw .datasetNotFound(
        name: "The train split of \(name)", searched: [folder],
        help: "it has no training images, so choose calibration or test")
    }
    let labels = Array(stride(from: split == .test ? 0 : 1, to: names.count, by: 2))
    var storage: [UInt8] = []
    storage.reserveCapacity(labels.count * form.shape.reduce(1, *))
    for label in labels {
      let file = "\(folder)/\(names[label])"
      let encoded = try FileBytes.read(file)
      do {
        storage += try form.pixels(decoding: encoded, name: file)
      } catch {
        throw .image(error)
      }
    }
    return Dataset(
      name: name, split: split.rawValue, classes: classes, elementType: .uint8, shape: form.shape,
      labels: labels, storage: storage)
  }

  private static func isWordNetPicture(_ name: String) -> Bool {
    guard name.hasPrefix("n"), name.hasSuffix(".jpg") else { return false }
    let number = name.dropFirst().dropLast(4)
    return number.count == 8 && number.allSatisfy { $0.isASCII && $0.isNumber }
  }
}
