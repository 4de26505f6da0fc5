internal import Dispatch
internal import Foundation
internal import GRDB
internal import Synchronization

/// What became of the records of a recording.
public struct RecordingStatistics: Sendable, Equatable {
  /// In the file.
  public var written = 0
  /// Not taken since the buffer was full.
  public var dropped = 0
  /// Taken, and not written since writing failed.
  public var lost = 0
  /// Why writing failed the last time, in words.
  public var failure: String?
}

/// What a record may have beside its figures: the sample, which is most of its size.
protocol RecordWithInput: Sendable {
  var input: [UInt8]? { get }
}

/// A bounded buffer of records, and the thread that writes them to an SQLite file, many to a transaction.
///
/// Two bounds hold: of the records that wait, and of the bytes of inputs in memory, those that are being
/// written included. One input alone is taken whatever its size.
final class RecordingThread<Record: RecordWithInput>: Sendable {
  typealias Batch = [(at: Double, record: Record)]

  private struct State {
    var waiting: Batch = []
    /// Of the inputs that wait or are being written.
    var inputBytes = 0
    var statistics = RecordingStatistics()
    var isClosed = false
  }

  private let state = Mutex(State())
  private let capacity: Int
  private let inputCapacity: Int
  private let arrivals = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  /// Whoever passes it lets the next one pass too.
  private let finished = DispatchSemaphore(value: 0)
  private let queue: DatabaseQueue
  private let writeBatch: @Sendable (Batch, DatabaseQueue) throws -> Void

  init(
    _ queue: DatabaseQueue, capacity: Int, inputCapacity: Int,
    write: @escaping @Sendable (Batch, DatabaseQueue) throws -> Void
  ) {
    precondition(capacity > 0, "a record can wait")
    self.queue = queue
    self.capacity = capacity
    self.inputCapacity = inputCapacity
    writeBatch = write
    let thread = Thread { [self] in run() }
    thread.name = "hi-recorder"
    thread.start()
  }

  func record(_ record: Record) {
    let at = Date().timeIntervalSince1970
    let bytes = record.input?.count ?? 0
    let wakes = state.withLock { state in
      // What happens once the recording has ended is not part of it.
      guard !state.isClosed else { return false }
      let isRoom =
        bytes == 0 || state.inputBytes == 0 || state.inputBytes + bytes <= inputCapacity
      guard state.waiting.count < capacity, isRoom else {
        state.statistics.dropped += 1
        return false
      }
      state.waiting.append((at, record))
      state.inputBytes += bytes
      return state.waiting.count == 1
    }
    if wakes { arrivals.signal() }
  }

  var statistics: RecordingStatistics { state.withLock { $0.statistics } }

  /// Writes what waits and closes the file; every caller waits until that is done, since any of them may be
  /// about to end the process.
  func finish() -> RecordingStatistics {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    if isFirst {
      arrivals.signal()
      ended.wait()
      // One file again, that can be copied and read where nothing can be written.
      try? queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try? queue.close()
    } else {
      finished.wait()
    }
    finished.signal()
    return statistics
  }

  private func run() {
    while true {
      arrivals.wait()
      let (batch, isClosed) = state.withLock { state in
        defer { state.waiting.removeAll(keepingCapacity: true) }
        return (state.waiting, state.isClosed)
      }
      if !batch.isEmpty { write(batch) }
      if isClosed { break }
    }
    ended.signal()
  }

  private func write(_ batch: Batch) {
    defer {
      let bytes = batch.reduce(0) { $0 + ($1.record.input?.count ?? 0) }
      state.withLock { $0.inputBytes -= bytes }
    }
    do {
      try writeBatch(batch, queue)
      state.withLock { $0.statistics.written += batch.count }
    } catch {
      state.withLock {
        $0.statistics.lost += batch.count
        $0.statistics.failure = error.databaseWords
      }
    }
  }
}
