import Foundation
import HITransport

/// `hi serve` as a child process, which ends when this process does, however it ends: the child's
/// standard input is a pipe that closes with us.
final class ServerProcess {
  /// Where it listens.
  let endpoint: RemoteEndpoint
  private let process: Process
  private let lifeLine: Pipe

  /// Starts the server on a free port and waits until it listens.
  init(bundlePath: String, workers: Int) throws {
    let process = Process()
    let lifeLine = Pipe()
    let output = Pipe()
    process.executableURL = OwnExecutable.url
    process.arguments = [
      "serve", bundlePath, "--port", "0", "--workers", "\(workers)", "--json",
      "--until-input-closes",
    ]
    // Settings of an operator's own server are not the demo's.
    process.environment = ProcessInfo.processInfo.environment.filter {
      !$0.key.hasPrefix(ServeSettings.prefix)
    }
    process.standardInput = lifeLine
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let chunk = output.fileHandleForReading.availableData
      guard !chunk.isEmpty else { break }
      line += chunk
    }
    guard let listening = try? JSONDecoder().decode(ServeCommand.Listening.self, from: line) else {
      process.waitUntilExit()
      throw CommandFailure(
        "The server process ended with status \(process.terminationStatus) before it listened; "
          + "`hi serve \(bundlePath) --port 0` shows why.")
    }
    endpoint = try RemoteEndpoint(listening.remote)
    self.process = process
    self.lifeLine = lifeLine
  }

  /// The server's process identifier.
  var identifier: Int32 { process.processIdentifier }

  /// Ends the server and waits until it is gone.
  func stop() {
    try? lifeLine.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
