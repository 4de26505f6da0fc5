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

/// A bounded buffer of records, and the thread that writes them to an SQLite file, many to a transaction.
final class RecordingThread<Record: Sendable>: Sendable {
  typealias Batch = [(at: Double, record: Record)]

  private struct State {
    var waiting: Batch = []
    var statistics = RecordingStatistics()
    var isClosed = false
  }

  private let state = Mutex(State())
  private let capacity: Int
  private let arrivals = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let queue: DatabaseQueue
  private let writeBatch: @Sendable (Batch, DatabaseQueue) throws -> Void

  init(
    _ queue: DatabaseQueue, capacity: Int,
    write: @escaping @Sendable (Batch, DatabaseQueue) throws -> Void
  ) {
    precondition(capacity > 0, "a record can wait")
    self.queue = queue
    self.capacity = capacity
    writeBatch = write
    let thread = Thread { [self] in run() }
    thread.name = "hi-recorder"
    thread.start()
  }

  func record(_ record: Record) {
    let at = Date().timeIntervalSince1970
    let wakes = state.withLock { state in
      // What happens once the recording has ended is not part of it.
      guard !state.isClosed else { return false }
      guard state.waiting.count < capacity else {
        state.statistics.dropped += 1
        return false
      }
      state.waiting.append((at, record))
      return state.waiting.count == 1
    }
    if wakes { arrivals.signal() }
  }

  var statistics: RecordingStatistics { state.withLock { $0.statistics } }

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
    }
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
