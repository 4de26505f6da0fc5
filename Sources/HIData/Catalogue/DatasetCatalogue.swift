internal import Foundation

/// Finds data sets by name, or by folder, and reads their splits.
///
///     let test = try DatasetCatalogue().load("fashion-mnist", split: .test)
///
/// A named data set is looked for in `$HI_DATA/NAME`, in the user's cache
/// (`$XDG_CACHE_HOME/hi/datasets/NAME` or `~/.cache/hi/datasets/NAME`) and where the system's package
/// puts it, in this order.
public struct DatasetCatalogue: Sendable {
  /// How many training records are held out for calibration.
  public static let calibrationCount = 5_000

  private let environment: [String: String]
  private let heldOut: Int

  /// Makes a catalogue for an environment; the process's own unless another is given.
  public init(environment: [String: String]? = nil) {
    self.init(
      environment: environment ?? ProcessInfo.processInfo.environment,
      heldOut: Self.calibrationCount)
  }

  init(environment: [String: String], heldOut: Int) {
    self.environment = environment
    self.heldOut = heldOut
  }

  /// The folders where a named data set is looked for, in order.
  public func searchedFolders(for entry: DatasetEntry) -> [String] {
    var folders: [String] = []
    if let root = environment["HI_DATA"], !root.isEmpty { folders.append("\(root)/\(entry.name)") }
    if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
      folders.append("\(cache)/hi/datasets/\(entry.name)")
    } else if let home = environment["HOME"], !home.isEmpty {
      folders.append("\(home)/.cache/hi/datasets/\(entry.name)")
    }
    if let folder = entry.systemFolder { folders.append(folder) }
    return folders
  }

  /// The folder that holds a named data set, or nil where none does.
  public func folder(of entry: DatasetEntry) -> String? {
    searchedFolders(for: entry).lazy.compactMap { Self.folder(of: entry, in: $0) }.first
  }

  /// Reads a split.
  ///
  /// - Parameters:
  ///   - nameOrFolder: a name of ``DatasetEntry/all``, or a folder with IDX or CIFAR-10 files or with
  ///     a sub-folder of pictures for each class (``ClassFolders``).
  ///   - split: which part.
  ///   - folder: where a named data set lies, instead of the usual places.
  ///   - images: what a folder's pictures become; they have no one size of their own.
  ///   - classes: the class names that a folder's pictures are labelled by, where they are its
  ///     sub-folders' names, in any order.
  /// - Throws: ``DataError`` where it is not found or a file is damaged.
  public func load(
    _ nameOrFolder: String, split: DatasetSplit, folder: String? = nil, images: ImageForm? = nil,
    classes: [String]? = nil
  ) throws(DataError) -> Dataset {
    guard let entry = DatasetEntry.all.first(where: { $0.name == nameOrFolder }) else {
      if DatasetLayout.detect(nameOrFolder) == nil, let folders = ClassFolders(folder: nameOrFolder)
      {
        guard let images else {
          throw .unsupported(
            file: nameOrFolder, found: "pictures", wanted: "data whose samples have a fixed size")
        }
        return try folders.read(split, form: images, classes: classes, name: nameOrFolder)
      }
      if let images, let pictures = PictureAClass(folder: nameOrFolder) {
        return try pictures.read(
          split, form: images, classes: DatasetEntry.imagenetSample.classes, name: nameOrFolder)
      }
      return try load(folder: nameOrFolder, split: split)
    }
    let searched = folder.map { [$0] } ?? searchedFolders(for: entry)
    guard let place = searched.lazy.compactMap({ Self.folder(of: entry, in: $0) }).first else {
      throw .datasetNotFound(name: entry.name, searched: searched, help: entry.help)
    }
    if let images, let pictures = PictureAClass(folder: place) {
      return try pictures.read(split, form: images, classes: entry.classes, name: entry.name)
    }
    let samples = try records(
      entry.layout, folder: place, split: split, name: entry.name, classes: entry.classes.count)
    return dataset(samples, name: entry.name, split: split, classes: entry.classes)
  }

  private func load(folder: String, split: DatasetSplit) throws(DataError) -> Dataset {
    guard FileBytes.isFolder(folder) else {
      throw .unknownDataset(name: folder, known: DatasetEntry.all.map(\.name))
    }
    guard let layout = DatasetLayout.detect(folder) else {
      throw .datasetNotFound(
        name: "A data set", searched: [folder],
        help: "put IDX files (t10k-images-idx3-ubyte …), CIFAR-10's (test_batch.bin …) or a folder "
          + "of pictures for each class there")
    }
    // A folder called after a known data set has that one's classes.
    let known = DatasetEntry.all.first { entry in
      entry.layout == layout && folder.split(separator: "/").last.map(String.init) == entry.name
    }
    var classes = known?.classes ?? (layout == .cifar10 ? DatasetEntry.cifar10.classes : nil)
    let samples = try records(
      layout, folder: folder, split: split, name: folder, classes: classes?.count)
    if classes == nil {
      // The classes are the labels of both parts, so that every split has the same ones; a folder
      // with a test part alone has that one's.
      let other = try? layout.read(folder, part: split == .test ? .train : .test, classes: nil)
      let highest = max(samples.labels.max() ?? 0, other?.labels.max() ?? 0)
      classes = (0...highest).map(String.init)
    }
    return dataset(samples, name: folder, split: split, classes: classes ?? [])
  }

  private func records(
    _ layout: DatasetLayout, folder: String, split: DatasetSplit, name: String, classes: Int?
  ) throws(DataError) -> LabelledSamples {
    guard split != .test else { return try layout.read(folder, part: .test, classes: classes) }
    let training = try layout.read(folder, part: .train, classes: classes)
    let kept = training.labels.count - heldOut
    guard kept > 0 else {
      throw .tooFewTrainingSamples(dataset: name, found: training.labels.count, heldOut: heldOut)
    }
    return training.records(split == .train ? 0..<kept : kept..<training.labels.count)
  }

  private func dataset(
    _ samples: LabelledSamples, name: String, split: DatasetSplit, classes: [String]
  ) -> Dataset {
    Dataset(
      name: name, split: split.rawValue, classes: classes, elementType: .uint8,
      shape: samples.shape, labels: samples.labels, storage: samples.storage)
  }

  private static func folder(of entry: DatasetEntry, in folder: String) -> String? {
    let candidates = [folder] + (entry.archiveFolder.map { ["\(folder)/\($0)"] } ?? [])
    return candidates.first { DatasetLayout.detect($0) == entry.layout }
  }
}
