internal import Foundation

/// Files as bytes, with the reason in words where one cannot be read.
package enum FileBytes {
  /// The largest file that is read into memory, in bytes.
  package static let limit = 4 << 30

  /// Reads a whole regular file.
  package static func read(_ path: String) throws(DataError) -> [UInt8] {
    var information = stat()
    guard stat(path, &information) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .fileNotFound(file: path) }
      throw .unreadable(file: path, reason: lastError())
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(file: path, reason: "it is not a regular file")
    }
    let size = Int(information.st_size)
    guard size <= limit else {
      throw .unreadable(file: path, reason: "it has \(size) bytes and \(limit) are the most")
    }
    guard let stream = fopen(path, "rb") else {
      throw .unreadable(file: path, reason: lastError())
    }
    defer { fclose(stream) }
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = buffer.baseAddress.map { fread($0, 1, size, stream) } ?? 0
    }
    guard bytes.count == size else {
      throw .unreadable(file: path, reason: "it ended after \(bytes.count) of \(size) bytes")
    }
    return bytes
  }

  /// Whether a path is a regular file.
  package static func isFile(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
  }

  /// Whether a path is a folder.
  package static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }
}
