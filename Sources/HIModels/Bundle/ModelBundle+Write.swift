internal import Foundation
internal import HIData

extension ModelBundle {
  /// The same model under other class names.
  ///
  /// - Throws: ``ModelError/otherClassCount(file:names:classes:)`` where there are not as many names
  ///   as classes.
  public func named(classes: [String]) throws(ModelError) -> ModelBundle {
    guard classes.count == manifest.classes.count else {
      throw .otherClassCount(
        file: path, names: classes.count, classes: manifest.classes.count)
    }
    var renamed = manifest
    renamed.classes = classes
    return try ModelBundle(path: path, manifest: renamed)
  }

  /// Writes a copy of the bundle, manifest and stages, to a folder that does not exist yet.
  ///
  /// The folder appears whole or not at all.
  ///
  /// - Throws: ``ModelError/unwritable(path:reason:)``, or what reading the stages throws.
  public func write(to folder: String) throws(ModelError) {
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw .unwritable(path: folder, reason: "it exists already")
    }
    var stages: [(name: String, contents: [UInt8])] = []
    for (index, stage) in manifest.stages.enumerated() {
      stages.append((stage.file, try contents(ofStage: index)))
    }
    do {
      try UnfinishedFile.write(to: folder) { unfinished in
        let unfinished = URL(filePath: unfinished)
        try FileManager.default.createDirectory(at: unfinished, withIntermediateDirectories: false)
        for stage in stages {
          try Data(stage.contents).write(to: unfinished.appending(path: stage.name))
        }
        try Data(manifest.json()).write(to: unfinished.appending(path: "manifest.json"))
      }
    } catch {
      throw .unwritable(path: folder, reason: error.localizedDescription)
    }
  }
}

extension ModelManifest {
  /// The manifest as the JSON that it is read from.
  func json() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Encoding fails for floating-point values that JSON does not have; reading the nothing that is
    // left says that the manifest is not sound.
    return (try? encoder.encode(self)).map(Array.init) ?? []
  }
}
