public import Foundation
internal import GRDB
internal import HIData
internal import HierarchicalInference

/// A trace in an SQLite file, which any SQLite tool can read.
///
///     try TraceFile.write(trace, to: URL(filePath: "local.hitrace"))
///     let trace = try TraceFile.read(URL(filePath: "local.hitrace"))
///
/// The file holds three tables: `trace` (what the trace was recorded from, as JSON), `sample` (place in
/// the split and label), and `answer` (one row a sample and exit, with the logits as little-endian
/// single precision where they were kept). A figure that is not a number is NULL.
public enum TraceFile {
  /// `HITR`, so that `file` and this reader can tell a trace from other SQLite files.
  static let applicationIdentifier = 0x4849_5452
  /// The version of the tables.
  static let schemaVersion = 1

  /// Writes a trace.
  ///
  /// The file appears whole or not at all: it is written beside its place and then moved there, so an
  /// interrupted or failed write, a full disk for example, leaves an earlier file as it was.
  ///
  /// - Throws: ``TraceFileError/cannotWrite(path:reason:)``.
  public static func write(_ trace: Trace, to url: URL) throws(TraceFileError) {
    do {
      try UnfinishedFile.write(to: url.path) { try fill(URL(filePath: $0), with: trace) }
    } catch {
      throw .cannotWrite(path: url.path, reason: error.databaseWords)
    }
  }

  /// Reads a trace.
  ///
  /// - Throws: ``TraceFileError`` where there is no file, it is no trace or one of another version, or
  ///   its parts do not fit each other.
  public static func read(_ url: URL) throws(TraceFileError) -> Trace {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw .missing(path: url.path)
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: url.path, configuration: configuration)
      return try queue.read { try read($0, path: url.path) }
    } catch let error as TraceFileError {
      throw error
    } catch let error as TraceError {
      throw .damaged(path: url.path, reason: error.description)
    } catch is MismatchedValue {
      throw .damaged(path: url.path, reason: MismatchedValue.reason)
    } catch {
      throw .notATrace(path: url.path, reason: error.databaseWords)
    }
  }

  private static func fill(_ url: URL, with trace: Trace) throws {
    let queue = try DatabaseQueue(path: url.path)
    try queue.inDatabase { database in
      try database.execute(sql: "PRAGMA application_id = \(applicationIdentifier)")
      try database.execute(sql: "PRAGMA user_version = \(schemaVersion)")
    }
    try queue.write { database in
      try database.execute(
        sql: """
          CREATE TABLE trace (metadata TEXT NOT NULL);
          CREATE TABLE sample (
            position INTEGER PRIMARY KEY,
            sampleIndex INTEGER NOT NULL UNIQUE,
            label INTEGER NOT NULL);
          CREATE TABLE answer (
            position INTEGER NOT NULL REFERENCES sample,
            exit INTEGER NOT NULL,
            prediction INTEGER NOT NULL,
            confidence REAL, runnerUp REAL, entropy REAL, logSumExp REAL,
            logits BLOB,
            PRIMARY KEY (position, exit)) WITHOUT ROWID;
          """)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      try database.execute(
        sql: "INSERT INTO trace VALUES (?)",
        arguments: [String(decoding: encoder.encode(trace.metadata), as: UTF8.self)])
      let sample = try database.makeStatement(sql: "INSERT INTO sample VALUES (?, ?, ?)")
      let answer = try database.makeStatement(
        sql: "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      for position in 0..<trace.count {
        try sample.execute(arguments: [
          position, trace.sampleIndices[position], trace.labels[position],
        ])
        for (exit, observation) in trace.answers(position).enumerated() {
          try answer.execute(arguments: [
            position, exit + 1, observation.prediction, observation.confidence.stored,
            observation.runnerUp.stored, observation.entropy.stored,
            observation.logSumExp.stored, trace.storedLogits(sample: position, exit: exit),
          ])
        }
      }
    }
    try queue.close()
  }

  private static func read(_ database: Database, path: String) throws -> Trace {
    guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationIdentifier else {
      throw TraceFileError.notATrace(path: path, reason: "it is another program's database")
    }
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version == schemaVersion else {
      throw TraceFileError.otherVersion(path: path, found: version, expected: schemaVersion)
    }
    guard let json = try String.fetchOne(database, sql: "SELECT metadata FROM trace") else {
      throw TraceFileError.damaged(path: path, reason: "its description is missing")
    }
    let metadata = try JSONDecoder().decode(TraceMetadata.self, from: Data(json.utf8))
    var labels: [Int] = []
    var sampleIndices: [Int] = []
    let samples = try Row.fetchCursor(
      database, sql: "SELECT label, sampleIndex FROM sample ORDER BY position")
    while let row = try samples.next() {
      labels.append(try row.stored(0))
      sampleIndices.append(try row.stored(1))
    }
    var observations: [Observation] = []
    var logits: [Float] = []
    let answers = try Row.fetchCursor(
      database,
      sql: """
        SELECT prediction, confidence, runnerUp, entropy, logSumExp, logits
        FROM answer ORDER BY position, exit
        """)
    while let row = try answers.next() {
      observations.append(try Observation(stored: row))
      if let data = try row.stored(5, as: Data?.self) {
        logits.append(contentsOf: floats(data))
      }
    }
    return try Trace(
      metadata: metadata, labels: labels, sampleIndices: sampleIndices,
      observations: observations, logits: logits)
  }

  private static func floats(_ data: Data) -> [Float] {
    data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
  }
}

extension Trace {
  /// The logits of one answer as the file keeps them; nil where the trace has none.
  fileprivate func storedLogits(sample: Int, exit: Int) -> Data? {
    guard hasLogits else { return nil }
    let classes = metadata.classes.count
    let start = (sample * exitCount + exit) * classes
    var data = Data(capacity: classes * 4)
    for value in logits[start..<start + classes] {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }
}
