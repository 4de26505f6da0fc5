import Foundation
import Testing

/// A terminal that a test types at and reads from: what a command takes for a person.
///
/// Unchecked: one test uses it, one call after the other.
final class PseudoTerminal: @unchecked Sendable {
  private let reader: FileHandle
  private let process = Process()
  private(set) var seen = ""

  /// Starts `hi` with standard output and standard error on the terminal, which has 80 columns.
  init(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL = Command.package
  ) throws {
    let (primary, name) = try Self.pair()
    let secondary = open(name, O_RDWR | O_NOCTTY)
    try #require(secondary >= 0)
    var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(secondary, UInt(TIOCSWINSZ), &size)
    let terminal = FileHandle(fileDescriptor: secondary, closeOnDealloc: true)
    reader = FileHandle(fileDescriptor: primary, closeOnDealloc: true)
    process.executableURL = Command.executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["TERM": "xterm", "NO_COLOR": ""]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = terminal
    process.standardError = terminal
    try process.run()
    try terminal.close()
  }

  /// A new terminal: the side that a test holds, and the name of the program's side.
  private static func pair() throws -> (primary: Int32, name: String) {
    #if canImport(Darwin)
      let primary = posix_openpt(O_RDWR | O_NOCTTY)
      try #require(primary >= 0 && grantpt(primary) == 0 && unlockpt(primary) == 0)
      return (primary, try #require(ptsname(primary).map { String(cString: $0) }))
    #else
      // Glibc hides the portable functions from Swift; these two requests are what they send.
      let unlock: UInt = 0x4004_5431
      let askNumber: UInt = 0x8004_5430
      let primary = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var locked: Int32 = 0
      var number: UInt32 = 0
      let isReady =
        ioctl(primary, unlock, &locked) == 0 && ioctl(primary, askNumber, &number) == 0
      try #require(primary >= 0 && isReady)
      return (primary, "/dev/pts/\(number)")
    #endif
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Reads until a text has been seen since the beginning, or the program has closed the terminal.
  func read(until text: String) async throws {
    try await offTheCooperativePool { while !self.seen.contains(text), self.readSome() {} }
  }

  /// Reads what has come, at least one piece of it.
  func readMore() async throws {
    try await offTheCooperativePool { _ = self.readSome() }
  }

  /// Reads to the end and gives the exit status, or the negative number of the signal that ended it.
  func finish() async throws -> Int32 {
    try await offTheCooperativePool {
      while self.readSome() {}
      self.process.waitUntilExit()
      return self.process.terminationReason == .exit
        ? self.process.terminationStatus : -self.process.terminationStatus
    }
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// A terminal whose other end is closed fails to read on Linux.
  private func readSome() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = systemRead(reader.fileDescriptor, &buffer)
    guard count > 0 else { return false }
    seen += String(decoding: buffer.prefix(count), as: UTF8.self)
    return true
  }
}

private func systemRead(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
  read(descriptor, &buffer, buffer.count)
}
