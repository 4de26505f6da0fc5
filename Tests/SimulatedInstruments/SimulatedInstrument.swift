internal import Foundation

/// A simulated power analyser in a process of its own; `scpi_instrument.py` says how it behaves.
///
/// Unchecked: its process and pipe are touched when it is made and when it goes away, by one owner.
public final class SimulatedInstrument: @unchecked Sendable {
  private let process = Process()
  private let input = Pipe()
  /// The port, or the pseudo-terminal's path.
  public let place: String

  /// Starts one.
  ///
  /// - Throws: where Python cannot be run.
  public init(_ arguments: String...) throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "scpi_instrument.py")
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
      byte != Data("\n".utf8)
    {
      line += byte
    }
    place = String(decoding: line, as: UTF8.self)
  }

  deinit { process.terminate() }
}
