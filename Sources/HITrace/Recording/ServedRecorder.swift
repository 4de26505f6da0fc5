public import Foundation
internal import GRDB

/// What a server answered to one sample.
public struct ServedRecord: Sendable, Equatable, RecordWithInput {
  /// The model's name.
  public var model: String
  /// Its version.
  public var version: String
  /// What identifies its weights.
  public var digest: String
  /// `ok`, or why there is no answer: `overloaded`, `deadlineExceeded` …
  public var status: String
  /// The class; nil without an answer.
  public var prediction: Int?
  /// The highest softmax value, 0 to 1; nil without an answer.
  public var confidence: Float?
  /// How long the request waited, in milliseconds; nil without an answer.
  public var queueMs: Double?
  /// How long its batch was computed, in milliseconds; nil without an answer.
  public var computeMs: Double?
  /// How many samples the model ran together; nil without an answer.
  public var batchSize: Int?
  /// The sample's bytes, where they are kept.
  public var input: [UInt8]?

  /// Makes a record of a sample without an answer.
  public init(model: String, version: String, digest: String, status: String, input: [UInt8]?) {
    self.model = model
    self.version = version
    self.digest = digest
    self.status = status
    self.input = input
  }
}

/// Writes what a server answers to an SQLite file, without ever holding it up.
///
/// The file holds two tables: `model` (name, version and digest of each that answered) and `served` (one
/// row a sample). What holds for a ``RunRecorder`` holds here: a bounded buffer, drops and losses counted,
/// and a file that opens whenever the process is killed.
public final class ServedRecorder: Sendable {
  /// `HISV`.
  static let applicationIdentifier = 0x4849_5356
  private static let schemaVersion = 1
  private let thread: RecordingThread<ServedRecord>

  /// Makes a recording, or goes on with one.
  ///
  /// - Parameters:
  ///   - url: the file; its folder is there already.
  ///   - capacity: how many records may wait for the disk.
  ///   - inputCapacity: how many bytes the inputs of the records that wait may have together, 64 MiB unless
  ///     told otherwise.
  /// - Throws: ``RecordingFileError`` where the place cannot be written or holds something else.
  public init(
    _ url: URL, capacity: Int = 8192, inputCapacity: Int = 64 << 20
  ) throws(RecordingFileError) {
    let queue: DatabaseQueue
    do {
      queue = try Self.open(url)
    } catch let error as RecordingFileError {
      throw error
    } catch {
      throw .notARecording(path: url.path, reason: error.databaseWords)
    }
    thread = RecordingThread(queue, capacity: capacity, inputCapacity: inputCapacity) {
      try Self.write($0, to: $1)
    }
  }

  /// Takes a record, from any thread; it never waits.
  public func record(_ record: ServedRecord) { thread.record(record) }

  /// What became of the records so far.
  public var statistics: RecordingStatistics { thread.statistics }

  /// Writes what waits and closes the file; blocks until that is done, whoever else has asked for it too.
  @discardableResult
  public func finish() -> RecordingStatistics { thread.finish() }

  private static func open(_ url: URL) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: url.path, configuration: configuration)
    try queue.inDatabase { database in
      let found = try Int.fetchOne(database, sql: "PRAGMA application_id")
      if found == applicationIdentifier {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == schemaVersion else {
          throw RecordingFileError.notARecording(
            path: url.path, reason: "it is of version \(version) where \(schemaVersion) is expected"
          )
        }
      } else if try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") != 0 {
        throw RecordingFileError.notARecording(
          path: url.path,
          reason: found == RecordingFile.applicationIdentifier
            ? "it is a recording of a run or a tier" : "it is another program's database")
      }
      try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      try database.inTransaction {
        try database.execute(
          sql: """
            PRAGMA application_id = \(applicationIdentifier);
            PRAGMA user_version = \(schemaVersion);
            CREATE TABLE IF NOT EXISTS model (
              id INTEGER PRIMARY KEY,
              name TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
              UNIQUE (name, version, digest));
            CREATE TABLE IF NOT EXISTS served (
              id INTEGER PRIMARY KEY,
              at REAL NOT NULL, model INTEGER NOT NULL REFERENCES model, status TEXT NOT NULL,
              prediction INTEGER, confidence REAL, queueMs REAL, computeMs REAL, batchSize INTEGER,
              input BLOB);
            """)
        return .commit
      }
    }
    return queue
  }

  private static func write(
    _ records: [(at: Double, record: ServedRecord)], to queue: DatabaseQueue
  ) throws {
    try queue.write { database in
      let model = try database.cachedStatement(
        sql: "INSERT OR IGNORE INTO model (name, version, digest) VALUES (?, ?, ?)")
      let served = try database.cachedStatement(
        sql: """
          INSERT INTO served (at, model, status, prediction, confidence, queueMs, computeMs,
            batchSize, input)
          VALUES (?, (SELECT id FROM model WHERE name = ? AND version = ? AND digest = ?), ?, ?, ?,
            ?, ?, ?, ?)
          """)
      for (at, record) in records {
        try model.execute(arguments: [record.model, record.version, record.digest])
        try served.execute(arguments: [
          at, record.model, record.version, record.digest, record.status, record.prediction,
          record.confidence.flatMap { $0.stored }, record.queueMs, record.computeMs,
          record.batchSize, record.input.map { Data($0) },
        ])
      }
    }
  }
}
