internal import Dispatch
public import Foundation
internal import GRDB
internal import Synchronization

/// Writes what happens in live runs to a file, without ever holding them up.
///
///     let recorder = try RunRecorder(URL(filePath: "run.hirecord"), metadata: metadata)
///     recorder.record(record)
///     let statistics = recorder.finish()
///
/// Records wait in a bounded buffer for a thread that writes them, many to a transaction; where the
/// buffer is full they are dropped and counted, and where the disk is full they are lost and counted.
/// The process can be killed at any time: what was written before is in the file, which opens.
public final class RunRecorder: Sendable {
  /// What became of the records.
  public struct Statistics: Sendable, Equatable {
    /// In the file.
    public var written = 0
    /// Not taken since the buffer was full.
    public var dropped = 0
    /// Taken, and not written since writing failed.
    public var lost = 0
    /// Why writing failed the last time, in words.
    public var failure: String?
  }

  private struct State {
    var waiting: [(at: Double, record: RunRecord)] = []
    var statistics = Statistics()
    var isClosed = false
  }

  private let state = Mutex(State())
  private let capacity: Int
  private let arrivals = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let queue: DatabaseQueue

  /// Makes a recording, or goes on with one of the same models and data.
  ///
  /// - Parameters:
  ///   - url: the file; its folder is there already.
  ///   - metadata: which models and data the records are of.
  ///   - capacity: how many records may wait for the disk.
  /// - Throws: ``RecordingFileError`` where the place cannot be written or holds something else.
  public init(
    _ url: URL, metadata: RecordingMetadata, capacity: Int = 8192
  ) throws(RecordingFileError) {
    precondition(capacity > 0, "a record can wait")
    self.capacity = capacity
    do {
      queue = try RecordingFile.open(url, for: metadata)
    } catch let error as RecordingFileError {
      throw error
    } catch {
      throw .notARecording(path: url.path, reason: error.databaseWords)
    }
    let thread = Thread { [self] in run() }
    thread.name = "hi-recorder"
    thread.start()
  }

  /// Takes a record, from any thread; it never waits.
  public func record(_ record: RunRecord) {
    let at = Date().timeIntervalSince1970
    let wakes = state.withLock { state in
      guard !state.isClosed, state.waiting.count < capacity else {
        state.statistics.dropped += 1
        return false
      }
      state.waiting.append((at, record))
      return state.waiting.count == 1
    }
    if wakes { arrivals.signal() }
  }

  /// What became of the records so far.
  public var statistics: Statistics { state.withLock { $0.statistics } }

  /// Writes what waits and closes the file; blocks until that is done.
  @discardableResult
  public func finish() -> Statistics {
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

  private func write(_ batch: [(at: Double, record: RunRecord)]) {
    do {
      try RecordingFile.write(batch, to: queue)
      state.withLock { $0.statistics.written += batch.count }
    } catch {
      state.withLock {
        $0.statistics.lost += batch.count
        $0.statistics.failure = error.databaseWords
      }
    }
  }
}
