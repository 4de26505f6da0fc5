internal import Foundation
internal import Synchronization

/// A file or folder that is being written: it appears in its place whole or not at all, and nothing of
/// it is left behind when writing fails or the process is told to end.
package enum UnfinishedFile {
  private static let paths = Mutex<Set<String>>([])

  /// Lets `body` write a hidden neighbour of a path, and moves that to the path when it is done.
  ///
  /// An earlier file at the path is replaced; an earlier folder is in the way, unless it is empty.
  ///
  /// - Throws: what `body` throws, or a `CocoaError` where the finished file cannot be moved.
  package static func write(
    to path: String, _ body: (_ unfinished: String) throws -> Void
  ) throws {
    let target = URL(filePath: path)
    let unfinished = target.deletingLastPathComponent()
      .appending(path: ".\(target.lastPathComponent).\(UUID().uuidString)").path
    paths.withLock { _ = $0.insert(unfinished) }
    defer { paths.withLock { _ = $0.remove(unfinished) } }
    do {
      try body(unfinished)
      guard rename(unfinished, path) == 0 else {
        throw CocoaError(.fileWriteUnknown)
      }
    } catch {
      remove(unfinished)
      throw error
    }
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
