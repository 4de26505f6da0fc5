import Foundation
import GRDB
import Synchronization
import Testing

@testable import HITrace

/// The buffer before the disk, with a disk that the test holds.
@Suite(.timeLimit(.minutes(1))) struct RecordingThreadTests {
  private struct Record: RecordWithInput {
    var input: [UInt8]?
    static func of(_ bytes: Int) -> Record { Record(input: Array(repeating: 7, count: bytes)) }
  }

  /// Writes begin and go on when the test says so.
  private final class Disk: Sendable {
    let begun = DispatchSemaphore(value: 0)
    let goesOn = DispatchSemaphore(value: 0)
  }

  private func thread(_ disk: Disk, inputs: Int) throws -> RecordingThread<Record> {
    RecordingThread(try DatabaseQueue(), capacity: 100, inputCapacity: inputs) { _, _ in
      disk.begun.signal()
      disk.goesOn.wait()
    }
  }

  @Test func bytesThatWaitOrAreBeingWrittenAreBounded() throws {
    let disk = Disk()
    let thread = try thread(disk, inputs: 1000)
    thread.record(.of(600))
    disk.begun.wait()
    // 600 are being written: 400 more fit, and what has no bytes always does.
    thread.record(.of(401))
    #expect(thread.statistics.dropped == 1)
    thread.record(.of(400))
    thread.record(Record(input: nil))
    thread.record(.of(1))
    #expect(thread.statistics.dropped == 2)
    for _ in 0..<10 { disk.goesOn.signal() }
    let statistics = thread.finish()
    #expect(statistics.written == 3 && statistics.dropped == 2)
  }

  @Test func whatIsWrittenMakesRoomAndOneInputIsTakenWhateverItsSize() throws {
    let disk = Disk()
    let thread = try thread(disk, inputs: 10)
    thread.record(.of(5000))
    disk.begun.wait()
    // Without bytes, so that its write begins once the one before has made room.
    thread.record(Record(input: nil))
    disk.goesOn.signal()
    disk.begun.wait()
    thread.record(.of(6000))
    thread.record(.of(1))
    for _ in 0..<10 { disk.goesOn.signal() }
    let statistics = thread.finish()
    #expect(statistics.written == 3 && statistics.dropped == 1)
  }

  /// As where a signal comes while a run ends: both are about to end the process.
  @Test func whoeverFinishesWaitsUntilAllIsWritten() throws {
    let disk = Disk()
    let thread = try thread(disk, inputs: 1000)
    thread.record(.of(1))
    disk.begun.wait()
    let returned = DispatchSemaphore(value: 0)
    let written = Mutex<[Int]>([])
    for _ in 0..<3 {
      Thread.detachNewThread {
        let statistics = thread.finish()
        written.withLock { $0.append(statistics.written) }
        returned.signal()
      }
    }
    // Nobody returns before the disk goes on; without the wait all but one would at once.
    #expect(returned.wait(timeout: .now() + .milliseconds(200)) == .timedOut)
    disk.goesOn.signal()
    for _ in 0..<3 { returned.wait() }
    #expect(written.withLock { $0 } == [1, 1, 1])
  }
}
