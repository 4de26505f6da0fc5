import Dispatch
import Foundation
import HIData
import HITransport
import Synchronization
import Testing

@testable import hi

/// A log that cannot be written costs its lines, and nothing else.
@Suite struct UnwritableLogTests {
  /// What became of a server's standard error.
  enum Log: CaseIterable {
    #if os(Linux)
      case itsDiskIsFull
    #endif
    case itsReaderHasGone
    case itsReaderHasStoppedReading

    /// The stream, and the end of it that must stay open.
    func stream() throws -> (FileHandle, Pipe?) {
      let pipe = Pipe()
      switch self {
      #if os(Linux)
        case .itsDiskIsFull:
          return (try #require(FileHandle(forWritingAtPath: "/dev/full")), nil)
      #endif
      case .itsReaderHasGone:
        try pipe.fileHandleForReading.close()
        return (pipe.fileHandleForWriting, nil)
      case .itsReaderHasStoppedReading:
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
        while write(descriptor, bytes, bytes.count) > 0 {}
        while write(descriptor, bytes, 1) > 0 {}
        _ = fcntl(descriptor, F_SETFL, flags)
        return (pipe.fileHandleForWriting, pipe)
      }
    }
  }

  @Test(arguments: Log.allCases)
  func aServerAnswersAndEndsWhateverBecomesOfItsLog(log: Log) async throws {
    let (stream, pipe) = try log.stream()
    let (server, listening) = try await RunningCommand.serve([model("fashion-remote")], log: stream)
    let client = WireRemoteModel(endpoint: try RemoteEndpoint(listening.remote))
    let wrong = try #require(Sample(elementType: .uint8, shape: [3], bytes: [1, 2, 3]))
    let right = try #require(
      Sample(
        elementType: .uint8, shape: [1, 28, 28], bytes: [UInt8](repeating: 7, count: 28 * 28)))
    for _ in 0..<3 {
      // Refusals are logged.
      await #expect(throws: OffloadError.self) {
        _ = try await client.classify(wrong, deadline: .seconds(20))
      }
      _ = try await client.classify(right, deadline: .seconds(20))
    }
    await client.close()
    #expect(try await server.end(SIGTERM) == 0)
    withExtendedLifetime(pipe) {}
  }

  @Test func whoLogsNeverWaitsAndTheNextLineSaysWhatWasLost() {
    let written = Mutex([String]())
    let (begun, mayWrite) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let lines = LogLines(capacity: 2) { line in
      begun.signal()
      mayWrite.wait()
      written.withLock { $0.append(line) }
      return true
    }
    func log(_ name: String) { lines.append { "\(name) \($0)" } }
    log("first")
    // The first is on its way, and the stream does not take it.
    begun.wait()
    for name in ["second", "third", "fourth", "fifth"] { log(name) }
    for _ in 0..<3 { mayWrite.signal() }
    lines.flush(within: .seconds(60))
    mayWrite.signal()
    log("sixth")
    lines.flush(within: .seconds(60))
    #expect(written.withLock { $0 } == ["first 0", "second 0", "third 0", "sixth 2"])
  }

  @Test func linesThatTheStreamRefusedAreCountedOnce() {
    let written = Mutex([String]())
    let refusals = Mutex(2)
    let lines = LogLines { line in
      let isRefused = refusals.withLock { left in
        defer { left -= 1 }
        return left > 0
      }
      if !isRefused { written.withLock { $0.append(line) } }
      return !isRefused
    }
    for name in ["first", "second", "third", "fourth"] {
      lines.append { "\(name) \($0)" }
      lines.flush(within: .seconds(60))
    }
    #expect(written.withLock { $0 } == ["third 2", "fourth 0"])
  }
}
