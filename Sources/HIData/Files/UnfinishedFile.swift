internal import Foundation
internal import Synchronization

/// A file or folder that is being written: it appears in its place whole or not at all, and nothing of
/// it is left behind when writing fails or the process is told to end.
package enum UnfinishedFile {
  private static let paths = Mutex<Set<String>>([])

  /// Lets `body` write a hidden neighbour of a path, and moves that to the path when it is done.
  ///
  /// An earlier file at the path is replaced, where the path is a symbolic link the file that it leads to, be it
  /// there or not; an earlier folder is in the way, unless it is empty. What is neither, as a pipe or
  /// `/dev/stdout` is, stays and gets the finished file's bytes.
  ///
  /// - Throws: what `body` throws, or a `CocoaError` where the finished file cannot be moved.
  package static func write(
    to path: String, _ body: (_ unfinished: String) throws -> Void
  ) throws {
    let target = try target(of: path)
    let takesBytes = takesBytesOnly(path)
    let folder =
      takesBytes ? FileManager.default.temporaryDirectory : target.deletingLastPathComponent()
    let unfinished =
      folder.appending(path: ".\(target.lastPathComponent).\(UUID().uuidString)").path
    paths.withLock { _ = $0.insert(unfinished) }
    defer { paths.withLock { _ = $0.remove(unfinished) } }
    do {
      try body(unfinished)
      if takesBytes {
        try copyBytes(of: unfinished, into: path)
        remove(unfinished)
      } else if rename(unfinished, target.path) != 0 {
        throw CocoaError(.fileWriteUnknown)
      }
    } catch {
      remove(unfinished)
      throw error
    }
  }

  /// What a path leads to, also where there is nothing yet.
  ///
  /// - Throws: a `CocoaError` where symbolic links lead back to themselves.
  private static func target(of path: String) throws -> URL {
    var target = URL(filePath: path).resolvingSymlinksInPath()
    // As many as Linux follows.
    for _ in 0..<40 {
      guard
        let next = try? FileManager.default.destinationOfSymbolicLink(atPath: target.path)
      else { return target }
      // A link that leads to nothing is not resolved.
      target = URL(filePath: next, relativeTo: target.deletingLastPathComponent())
        .resolvingSymlinksInPath()
    }
    throw CocoaError(.fileReadUnknown)
  }

  /// Whether something is at the path that a file cannot take the place of.
  private static func takesBytesOnly(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  private static func copyBytes(of file: String, into path: String) throws {
    let bytes = try Data(contentsOf: URL(filePath: file))
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteNoPermission) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: bytes)
    try handle.close()
  }

  /// Removes everything that is being written now, for a process that ends without finishing it.
  package static func removeAll() {
    for path in paths.withLock({ $0 }) { remove(path) }
  }

  /// SQLite keeps up to three more files beside one that it writes.
  private static func remove(_ path: String) {
    for suffix in ["", "-journal", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
