internal import Foundation
internal import HIData

/// Where ONNX Runtime's shared library is looked for: the environment, `.deps/onnxruntime/lib` in a
/// folder above the program or the current one, `lib/hi` of the folder that the program is installed
/// under, the system's folders.
struct RuntimeLibrarySearch {
  var environment: [String: String]
  /// Folders whose ancestors may have `.deps`.
  var startingFolders: [String]
  var systemFolders: [String]

  static let variable = "ONNXRUNTIME_LIBRARY"

  #if canImport(Darwin)
    static let fileName = "libonnxruntime.dylib"
  #else
    static let fileName = "libonnxruntime.so"
  #endif

  #if arch(arm64)
    private static let multiarch = "/usr/lib/aarch64-linux-gnu"
  #else
    private static let multiarch = "/usr/lib/x86_64-linux-gnu"
  #endif

  /// The search of this process.
  static var standard: RuntimeLibrarySearch {
    let executable = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
    let bundle = Bundle.main.executablePath.map { URL(fileURLWithPath: $0) } ?? executable
    let programs = bundle.resolvingSymlinksInPath().deletingLastPathComponent()
    return RuntimeLibrarySearch(
      environment: ProcessInfo.processInfo.environment,
      startingFolders: [programs.path, FileManager.default.currentDirectoryPath],
      systemFolders: [
        // Where `make install` puts it.
        programs.deletingLastPathComponent().appending(path: "lib/hi").path, multiarch,
        "/usr/local/lib", "/usr/lib64", "/usr/lib", "/opt/homebrew/lib",
      ])
  }

  /// The path of the first library found.
  func find() throws(ModelError) -> String {
    if let named = environment[Self.variable], !named.isEmpty {
      guard FileBytes.isFile(named) else {
        throw .libraryNotFound(searched: ["\(named) (\(Self.variable))"])
      }
      return named
    }
    var searched: [String] = []
    for start in startingFolders {
      for folder in Self.ancestors(of: start) {
        let candidate = folder + "/.deps/onnxruntime/lib/" + Self.fileName
        if FileBytes.isFile(candidate) { return candidate }
      }
      searched.append("\(start) and the folders above it (.deps/onnxruntime/lib)")
    }
    for folder in systemFolders {
      if let file = Self.library(in: folder) { return file }
      searched.append(folder)
    }
    throw .libraryNotFound(searched: searched)
  }

  private static func ancestors(of folder: String) -> [String] {
    var components = folder.split(separator: "/")
    var folders: [String] = []
    while true {
      folders.append(components.isEmpty ? "" : "/" + components.joined(separator: "/"))
      guard components.popLast() != nil else { return folders }
    }
  }

  /// The library in a folder; a machine without the development package has only versioned names.
  private static func library(in folder: String) -> String? {
    if FileBytes.isFile(folder + "/" + fileName) { return folder + "/" + fileName }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let versioned = names.filter { $0.hasPrefix(fileName + ".") }.max {
      $0.compare($1, options: .numeric) == .orderedAscending
    }
    return versioned.map { folder + "/" + $0 }
  }
}
