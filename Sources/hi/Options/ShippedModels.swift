import Foundation
import HIModels

/// The bundles that come with the project, under `Models/`.
enum ShippedModels {
  /// Opens a shipped bundle by its name.
  static func bundle(_ name: String) throws -> ModelBundle {
    if let path = path(of: name) { return try ModelBundle(at: path) }
    throw CommandFailure(
      "The model \(name).himodel was not found in \(folders[0].path); run this in the project's "
        + "folder or set HI_MODELS to the folder that holds it.")
  }

  /// Where a shipped bundle is, by its name; nil where it is not.
  static func path(of name: String) -> String? {
    guard !name.contains("/") else { return nil }
    return folders.lazy.map { $0.appending(path: "\(name).himodel").path }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// The names of the bundles in the first folder that has any.
  static var names: [String] {
    folders.lazy.map { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".himodel") }.map { String($0.dropLast(".himodel".count)) }.sorted()
    }.first { !$0.isEmpty } ?? []
  }

  /// `$HI_MODELS`, `Models` of the current folder, `Models` of the folders above the executable, and
  /// where `make install` puts them.
  private static var folders: [URL] {
    var folders: [URL] = []
    if let folder = ProcessInfo.processInfo.environment["HI_MODELS"], !folder.isEmpty {
      folders.append(URL(filePath: folder))
    }
    folders.append(
      URL(filePath: FileManager.default.currentDirectoryPath).appending(path: "Models"))
    let programs = OwnExecutable.url.deletingLastPathComponent()
    folders.append(programs.deletingLastPathComponent().appending(path: "share/hi/Models"))
    var above = programs
    while above.pathComponents.count > 1 {
      above.deleteLastPathComponent()
      folders.append(above.appending(path: "Models"))
    }
    return folders
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
