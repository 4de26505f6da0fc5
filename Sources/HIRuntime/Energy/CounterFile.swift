internal import Foundation

/// One of the small text files by which a kernel shows a counter or a sensor.
struct CounterFile: Sendable, Equatable {
  let path: String

  /// The text without the white space around it, at most 4,096 bytes of it.
  func text() throws(MeterError) -> String {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw .reading(path, code: errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw .reading(path, code: errno) }
    return String(decoding: bytes[..<count], as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The text as a whole number from 0 up.
  func number() throws(MeterError) -> UInt64 {
    let text = try text()
    guard let number = UInt64(text) else {
      throw .notANumber(file: path, found: String(text.prefix(40)))
    }
    return number
  }

  /// What a folder holds, in order; nothing where it is none.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  var exists: Bool { FileManager.default.fileExists(atPath: path) }
}

extension MeterError {
  /// What a failed read of a counter's file means.
  static func reading(_ path: String, code: Int32) -> MeterError {
    switch code {
    case EACCES, EPERM: .notPermitted(file: path)
    case ENOENT, ENOTDIR, ENODEV, ENXIO: .vanished(file: path)
    default: .unreadable(file: path, reason: String(cString: strerror(code)))
    }
  }
}
