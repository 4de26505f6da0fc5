import Foundation
import HIModels

/// The bundles that come with the project, under `Models/`.
enum ShippedModels {
  /// Opens a shipped bundle by its name.
  ///
  /// It is looked for in `$HI_MODELS`, in `Models` of the current folder and of the folders above the
  /// executable.
  static func bundle(_ name: String) throws -> ModelBundle {
    var folders: [URL] = []
    if let folder = ProcessInfo.processInfo.environment["HI_MODELS"], !folder.isEmpty {
      folders.append(URL(filePath: folder))
    }
    folders.append(
      URL(filePath: FileManager.default.currentDirectoryPath).appending(path: "Models"))
    var above = OwnExecutable.url.deletingLastPathComponent()
    while above.pathComponents.count > 1 {
      above.deleteLastPathComponent()
      folders.append(above.appending(path: "Models"))
    }
    for folder in folders {
      let path = folder.appending(path: "\(name).himodel").path
      if FileManager.default.fileExists(atPath: path) { return try ModelBundle(at: path) }
    }
    throw CommandFailure(
      "The model \(name).himodel was not found in \(folders[0].path); run this in the project's "
        + "folder or set HI_MODELS to the folder that holds it.")
  }
}

/// This program's own file.
enum OwnExecutable {
  static var url: URL {
    #if os(Linux)
      if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
        return URL(filePath: path)
      }
    #endif
    return Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
  }
}
