internal import Foundation

/// A folder of pictures with one sub-folder a class, as picture data sets are usually kept.
///
/// It lies either as `FOLDER/train|calibration|test/CLASS/…` or as `FOLDER/CLASS/…`. Without folders for
/// the splits, every second picture of a class, by name, is of the `calibration` split and the others
/// are of the `test` split, so that no policy is calibrated on what its figures are reported on.
public struct ClassFolders: Sendable {
  /// The class names, in the order of their bytes: class 0 first.
  public let names: [String]
  private let folder: String
  private let splits: Set<DatasetSplit>

  /// What pictures' file names end in, without the point and in lower case.
  public static let pictureExtensions: Set<String> = ["png", "jpg", "jpeg"]

  /// Looks at a folder.
  ///
  /// - Throws: ``DataError/datasetNotFound(name:searched:help:)`` where it has no sub-folder with
  ///   pictures.
  public init(_ folder: String) throws(DataError) {
    guard let found = Self(folder: folder) else {
      throw .datasetNotFound(
        name: "A folder of classes", searched: [folder],
        help: "put the pictures (PNG or JPEG) there, one sub-folder a class")
    }
    self = found
  }

  /// Looks at a folder; nil where it has no sub-folder with pictures.
  init?(folder: String) {
    let present = DatasetSplit.allCases.filter { split in
      Self.folders(in: "\(folder)/\(split.rawValue)").contains { class_ in
        !Self.pictures(in: "\(folder)/\(split.rawValue)/\(class_)").isEmpty
      }
    }
    self.folder = folder
    splits = Set(present)
    if present.isEmpty {
      names = Self.folders(in: folder).filter { !Self.pictures(in: "\(folder)/\($0)").isEmpty }
    } else {
      // A class may have no picture in one split and counts in all of them.
      names = Set(present.flatMap { Self.folders(in: "\(folder)/\($0.rawValue)") }).sorted()
    }
    guard !names.isEmpty else { return nil }
  }

  /// One picture of a split.
  struct Picture: Equatable {
    var file: String
    var label: Int
  }

  /// The pictures of a split, class by class and by name within a class.
  func pictures(of split: DatasetSplit) throws(DataError) -> [Picture] {
    let isSplit = !splits.isEmpty
    guard isSplit ? splits.contains(split) : split != .train else {
      throw .datasetNotFound(
        name: "The \(split.rawValue) split", searched: [folder],
        help: isSplit
          ? "put its pictures into \(folder)/\(split.rawValue)/CLASS"
          : "without folders for the splits there are calibration and test, every second picture "
            + "each")
    }
    var all: [Picture] = []
    for (label, name) in names.enumerated() {
      let place = isSplit ? "\(folder)/\(split.rawValue)/\(name)" : "\(folder)/\(name)"
      for (position, file) in Self.pictures(in: place).enumerated()
      where isSplit || (position % 2 == 1) == (split == .calibration) {
        all.append(Picture(file: "\(place)/\(file)", label: label))
      }
    }
    guard !all.isEmpty else {
      throw .datasetNotFound(
        name: "A picture of the \(split.rawValue) split", searched: [folder],
        help: "put at least two pictures into each class's folder")
    }
    return all
  }

  private static func folders(in folder: String) -> [String] {
    contents(of: folder).filter { !$0.hasPrefix(".") && FileBytes.isFolder("\(folder)/\($0)") }
  }

  private static func pictures(in folder: String) -> [String] {
    contents(of: folder).filter { name in
      guard !name.hasPrefix("."), let point = name.lastIndex(of: ".") else { return false }
      return pictureExtensions.contains(name[name.index(after: point)...].lowercased())
    }
  }

  private static func contents(of folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}
