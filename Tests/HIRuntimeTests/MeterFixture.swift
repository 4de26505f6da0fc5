import Foundation
import HIRuntime

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

/// The simulated power analyser, in a process of its own.
final class SimulatedInstrument {
  private let process = Process()
  private let input = Pipe()
  /// The port, or the pseudo-terminal's path.
  let place: String

  init(_ arguments: String...) throws {
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["python3", DeviceTree.fixtures.appending(path: "scpi_instrument.py").path] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8),
      !byte.isEmpty
    {
      line += byte
    }
    place = String(decoding: line, as: UTF8.self)
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  var tcp: InstrumentAddress { .tcp(host: "127.0.0.1", port: Int(place) ?? 0) }
}
