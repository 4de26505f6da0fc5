import Foundation
import Testing

/// The `hi` program that was built beside the tests.
enum Command {
  /// What a finished run left behind.
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  static let executable: URL = {
    #if os(Linux)
      let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    #else
      let own = Bundle(for: BundleAnchor.self).bundleURL
    #endif
    return own.deletingLastPathComponent().appending(path: "hi")
  }()

  /// The package's folder.
  static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Runs a command to its end.
  static func run(_ arguments: String..., in folder: URL = package) async throws -> Result {
    try await run(arguments, in: folder)
  }

  /// Runs a command to its end.
  static func run(
    _ arguments: [String], of program: URL = executable, in folder: URL = package
  ) async throws -> Result {
    try await offTheCooperativePool { try runBlocking(program, arguments, in: folder) }
  }

  private static func runBlocking(
    _ program: URL, _ arguments: [String], in folder: URL
  ) throws -> Result {
    let errors = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    let output = Pipe()
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}

private final class BundleAnchor {}

/// Waits for something that blocks on a thread of its own: on Swift's cooperative threads, of which
/// there are as many as cores, it would stop the other tests' clients in the middle of a call.
func offTheCooperativePool<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
  }
}

/// A command that runs while a test goes on.
///
/// Unchecked: its pipes and process are used by one test, one call after the other.
final class RunningCommand: @unchecked Sendable {
  let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private let input = Pipe()

  convenience init(_ arguments: String...) throws { try self.init(arguments) }

  /// - Parameter log: where standard error goes, rather than to `errorLine`.
  init(_ arguments: [String], log: FileHandle? = nil) throws {
    process.executableURL = Command.executable
    process.arguments = arguments
    process.currentDirectoryURL = Command.package
    process.standardInput = input
    process.standardOutput = output
    process.standardError = log ?? errors
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// The next line of standard output.
  func outputLine() async throws -> String {
    try await offTheCooperativePool { Self.line(self.output) }
  }

  /// The next line of standard error.
  func errorLine() async throws -> String {
    try await offTheCooperativePool { Self.line(self.errors) }
  }

  /// The next line of standard error with these words in it; empty where it ends before.
  func errorLine(saying words: String) async throws -> String {
    while true {
      let line = try await errorLine()
      if line.isEmpty || line.contains(words) { return line }
    }
  }

  /// Sends a signal and gives the exit status, or the negative number of the signal that ended it.
  func end(_ signal: Int32) async throws -> Int32 {
    kill(process.processIdentifier, signal)
    return try await offTheCooperativePool {
      self.process.waitUntilExit()
      return self.process.terminationReason == .exit
        ? self.process.terminationStatus : -self.process.terminationStatus
    }
  }

  private static func line(_ pipe: Pipe) -> String {
    var bytes = Data()
    while let byte = try? pipe.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
      byte.first != UInt8(ascii: "\n")
    {
      bytes += byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A folder of its own for a test, removed with it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> String { url.appending(path: name).path }
}

/// Where the shipped models are.
func model(_ name: String) -> String {
  Command.package.appending(path: "Models/\(name).himodel").path
}
