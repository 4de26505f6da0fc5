import Foundation

/// Recorded device trees, and copies of them that a test may change.
final class DeviceTree {
  let root: String

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")

  init(_ name: String) throws {
    let copy = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.copyItem(at: Self.fixtures.appending(path: name), to: copy)
    root = copy.path
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ text: String, to file: String) throws {
    try Data((text + "\n").utf8).write(to: URL(filePath: root + "/" + file))
  }

  func remove(_ file: String) throws {
    try FileManager.default.removeItem(atPath: root + "/" + file)
  }
}
