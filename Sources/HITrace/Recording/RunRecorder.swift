public import Foundation
internal import GRDB

/// Writes what happens in live runs to a file, without ever holding them up.
///
///     let recorder = try RunRecorder(URL(filePath: "run.hirecord"), metadata: metadata)
///     recorder.record(record)
///     let statistics = recorder.finish()
///
/// Records wait in a buffer, bounded in records and in bytes of inputs, for a thread that writes them, many
/// to a transaction; where the buffer is full they are dropped and counted, and where the disk is full they
/// are lost and counted.
/// The process can be killed at any time: what was written before is in the file, which opens.
public final class RunRecorder: Sendable {
  private let thread: RecordingThread<RunRecord>

  /// Makes a recording, or goes on with one of the same models and data.
  ///
  /// - Parameters:
  ///   - url: the file; its folder is there already.
  ///   - metadata: which models and data the records are of.
  ///   - capacity: how many records may wait for the disk.
  ///   - inputCapacity: how many bytes the inputs of the records that wait may have together, 64 MiB unless
  ///     told otherwise.
  /// - Throws: ``RecordingFileError`` where the place cannot be written or holds something else.
  public init(
    _ url: URL, metadata: RecordingMetadata, capacity: Int = 8192, inputCapacity: Int = 64 << 20
  ) throws(RecordingFileError) {
    let queue: DatabaseQueue
    do {
      queue = try RecordingFile.open(url, for: metadata)
    } catch let error as RecordingFileError {
      throw error
    } catch {
      throw .notARecording(path: url.path, reason: error.databaseWords)
    }
    thread = RecordingThread(queue, capacity: capacity, inputCapacity: inputCapacity) {
      try RecordingFile.write($0, to: $1)
    }
  }

  /// Takes a record, from any thread; it never waits.
  public func record(_ record: RunRecord) { thread.record(record) }

  /// What became of the records so far.
  public var statistics: RecordingStatistics { thread.statistics }

  /// Writes what waits and closes the file; blocks until that is done, whoever else has asked for it too.
  @discardableResult
  public func finish() -> RecordingStatistics { thread.finish() }
}
