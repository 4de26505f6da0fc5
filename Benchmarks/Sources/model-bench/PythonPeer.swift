import Foundation

/// A bundle in ONNX Runtime's Python API, in a process of its own that runs when it is told to.
final class PythonPeer {
  /// ONNX Runtime's version over there.
  let version: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var pending = Data()

  init(python: String, script: String, bundle: String) throws {
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [script, bundle]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var pending = Data()
    version = Self.line(from: output, pending: &pending)
    self.pending = pending
  }

  /// The nanoseconds of each of some inferences, or an empty array where the peer has ended.
  func run(_ count: Int) throws -> [Double] {
    try input.fileHandleForWriting.write(contentsOf: Data("\(count)\n".utf8))
    return Self.line(from: output, pending: &pending).split(separator: " ").compactMap {
      Double($0)
    }
  }

  func stop() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private static func line(from pipe: Pipe, pending: inout Data) -> String {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending = Data(pending[(end + 1)...])
        return line
      }
      let more = pipe.fileHandleForReading.availableData
      if more.isEmpty { return "" }
      pending += more
    }
  }
}
