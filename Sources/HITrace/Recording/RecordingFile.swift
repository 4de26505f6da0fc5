public import Foundation
internal import GRDB
internal import HierarchicalInference

/// A recording of live runs in an SQLite file, which any SQLite tool can read.
///
///     let trace = try RecordingFile.joinedTrace(URL(filePath: "run.hirecord"))
///
/// The file holds four tables: `recording` (which models, as JSON), `event` (one row a sample: who
/// answered, why, how long it took), `answer` (one row an exit that was run) and `shadow` (the remote
/// model's answer to samples of which both models were asked; their `answer` rows have `shadow` 1). It is
/// written in SQLite's WAL mode, so a process that is killed leaves a file that opens.
public enum RecordingFile {
  /// `HIRC`.
  static let applicationIdentifier = 0x4849_5243
  /// The version of the tables.
  static let schemaVersion = 1

  /// Both models' answers to the samples that were drawn for asking both, as a policy is calibrated on.
  ///
  /// Of a sample that was drawn several times the last answers count.
  ///
  /// - Throws: ``RecordingFileError`` where there is no recording, it is damaged, or no sample in it has
  ///   both models' answers and a true class.
  public static func joinedTrace(_ url: URL) throws(RecordingFileError) -> JoinedTrace {
    guard FileManager.default.fileExists(atPath: url.path) else { throw .missing(path: url.path) }
    do {
      // Writable, so that what a killed process has left beside the file is taken into it.
      let queue = try DatabaseQueue(path: url.path)
      defer { try? queue.close() }
      return try queue.read { try joinedTrace($0, path: url.path) }
    } catch let error as RecordingFileError {
      throw error
    } catch let error as TraceError {
      throw .damaged(path: url.path, reason: error.description)
    } catch is MismatchedValue {
      throw .damaged(path: url.path, reason: MismatchedValue.reason)
    } catch {
      throw .notARecording(path: url.path, reason: error.databaseWords)
    }
  }

  /// How many samples a recording holds.
  public static func count(_ url: URL) throws(RecordingFileError) -> Int {
    guard FileManager.default.fileExists(atPath: url.path) else { throw .missing(path: url.path) }
    do {
      let queue = try DatabaseQueue(path: url.path)
      defer { try? queue.close() }
      return try queue.read { database in
        _ = try metadata(database, path: url.path)
        return try Int.fetchOne(database, sql: "SELECT count(*) FROM event") ?? 0
      }
    } catch let error as RecordingFileError {
      throw error
    } catch {
      throw .notARecording(path: url.path, reason: error.databaseWords)
    }
  }

  /// Opens a file to go on with, or makes one.
  static func open(_ url: URL, for wanted: RecordingMetadata) throws -> DatabaseQueue {
    var configuration = Configuration()
    // A reader of the file holds the writer up for no longer.
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: url.path, configuration: configuration)
    try queue.inDatabase { database in
      let isNew = try !database.tableExists("recording")
      guard isNew else {
        let found = try metadata(database, path: url.path)
        guard found.isContinued(by: wanted) else {
          throw RecordingFileError.ofOthers(
            path: url.path, found: words(found), wanted: words(wanted))
        }
        try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        return
      }
      guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 else {
        throw RecordingFileError.notARecording(
          path: url.path, reason: "it is another program's database")
      }
      try database.execute(sql: "PRAGMA application_id = \(applicationIdentifier)")
      try database.execute(sql: "PRAGMA user_version = \(schemaVersion)")
      try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      try database.inTransaction {
        try create(database, wanted)
        return .commit
      }
    }
    return queue
  }

  private static func words(_ metadata: RecordingMetadata) -> String {
    let local = metadata.local
    let data = local.dataset.isEmpty ? "" : " on \(local.dataset), \(local.split)"
    return "\(local.modelName) (\(local.modelDigest.prefix(15))) with \(metadata.remoteName)\(data)"
  }

  private static func create(_ database: Database, _ metadata: RecordingMetadata) throws {
    try database.execute(
      sql: """
        CREATE TABLE recording (metadata TEXT NOT NULL);
        CREATE TABLE event (
          id INTEGER PRIMARY KEY,
          at REAL NOT NULL,
          sampleIndex INTEGER, label INTEGER,
          prediction INTEGER NOT NULL, confidence REAL,
          answeredBy TEXT NOT NULL, reason TEXT NOT NULL,
          totalMs REAL NOT NULL, localMs REAL NOT NULL, decisionMs REAL NOT NULL, offloadMs REAL,
          remotePrediction INTEGER, remoteConfidence REAL,
          input BLOB);
        CREATE TABLE answer (
          event INTEGER NOT NULL REFERENCES event, shadow INTEGER NOT NULL, exit INTEGER NOT NULL,
          prediction INTEGER NOT NULL,
          confidence REAL, runnerUp REAL, entropy REAL, logSumExp REAL,
          PRIMARY KEY (event, shadow, exit)) WITHOUT ROWID;
        CREATE TABLE shadow (
          event INTEGER PRIMARY KEY REFERENCES event,
          prediction INTEGER NOT NULL, confidence REAL);
        """)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try database.execute(
      sql: "INSERT INTO recording VALUES (?)",
      arguments: [String(decoding: encoder.encode(metadata), as: UTF8.self)])
  }

  private static func metadata(_ database: Database, path: String) throws -> RecordingMetadata {
    let found = try Int.fetchOne(database, sql: "PRAGMA application_id")
    guard found == applicationIdentifier else {
      throw RecordingFileError.notARecording(
        path: path,
        reason: found == ServedRecorder.applicationIdentifier
          ? "it is a server's, which decided nothing" : "it is another program's database")
    }
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version == schemaVersion else {
      throw RecordingFileError.notARecording(
        path: path, reason: "it is of version \(version) where \(schemaVersion) is expected")
    }
    guard let json = try String.fetchOne(database, sql: "SELECT metadata FROM recording"),
      let metadata = try? JSONDecoder().decode(RecordingMetadata.self, from: Data(json.utf8))
    else {
      throw RecordingFileError.damaged(path: path, reason: "its description cannot be read.")
    }
    return metadata
  }

  // MARK: Writing

  static func write(_ records: [(at: Double, record: RunRecord)], to queue: DatabaseQueue) throws {
    try queue.write { database in
      let event = try database.cachedStatement(
        sql: """
          INSERT INTO event (at, sampleIndex, label, prediction, confidence, answeredBy, reason,
            totalMs, localMs, decisionMs, offloadMs, remotePrediction, remoteConfidence, input)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """)
      let answer = try database.cachedStatement(
        sql: "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      let shadow = try database.cachedStatement(sql: "INSERT INTO shadow VALUES (?, ?, ?)")
      for (at, record) in records {
        try event.execute(arguments: [
          at, record.sampleIndex, record.label, record.prediction, record.confidence.stored,
          record.answeredBy, record.reason, record.latencies.total, record.latencies.local,
          record.latencies.decision, record.latencies.offload, record.remote?.prediction,
          record.remote.flatMap { $0.confidence.stored }, record.input.map { Data($0) },
        ])
        let id = database.lastInsertedRowID
        func insert(_ answers: [Observation], isShadow: Bool) throws {
          for (exit, seen) in answers.enumerated() {
            try answer.execute(arguments: [
              id, isShadow, exit + 1, seen.prediction, seen.confidence.stored,
              seen.runnerUp.stored, seen.entropy.stored, seen.logSumExp.stored,
            ])
          }
        }
        try insert(record.answers, isShadow: false)
        guard let both = record.shadow else { continue }
        try insert(both.answers, isShadow: true)
        try shadow.execute(arguments: [
          id, both.remote.prediction, both.remote.confidence.stored,
        ])
      }
    }
  }

  // MARK: Reading

  private static func joinedTrace(_ database: Database, path: String) throws -> JoinedTrace {
    let metadata = try metadata(database, path: path)
    var rows: [Int: (event: Int64, label: Int, remote: Observation)] = [:]
    var order: [Int] = []
    let shadows = try Row.fetchCursor(
      database,
      sql: """
        SELECT event.id, sampleIndex, label, shadow.prediction, shadow.confidence
        FROM shadow JOIN event ON event.id = shadow.event
        WHERE label IS NOT NULL AND sampleIndex IS NOT NULL ORDER BY event.id
        """)
    while let row = try shadows.next() {
      let index: Int = try row.stored(1)
      let remote = Observation(
        prediction: try row.stored(3),
        confidence: Float(stored: try row.stored(4, as: Double?.self)), runnerUp: .nan,
        entropy: .nan,
        logSumExp: .nan)
      let found = (
        try row.stored(0, as: Int64.self), try row.stored(2, as: Int.self), remote
      )
      if rows.updateValue(found, forKey: index) == nil { order.append(index) }
    }
    guard !order.isEmpty else {
      throw RecordingFileError.nothingToCalibrateOn(
        path: path, samples: try Int.fetchOne(database, sql: "SELECT count(*) FROM event") ?? 0,
        shadows: 0)
    }
    var labels: [Int] = []
    var localAnswers: [Observation] = []
    var remoteAnswers: [Observation] = []
    let answers = try database.makeStatement(
      sql: """
        SELECT prediction, confidence, runnerUp, entropy, logSumExp
        FROM answer WHERE event = ? AND shadow = 1 ORDER BY exit
        """)
    for index in order {
      guard let (event, label, remote) = rows[index] else { continue }
      labels.append(label)
      remoteAnswers.append(remote)
      for row in try Row.fetchAll(answers, arguments: [event]) {
        localAnswers.append(try Observation(stored: row))
      }
    }
    var remote = metadata.local
    remote.modelName = metadata.remoteName
    remote.modelDigest = metadata.remoteDigest
    remote.precision = ""
    remote.preprocessing = ""
    remote.exitCount = 1
    remote.multiplyAccumulates = []
    remote.secondLook = nil
    return try JoinedTrace(
      local: Trace(
        metadata: metadata.local, labels: labels, sampleIndices: order,
        observations: localAnswers),
      remote: Trace(
        metadata: remote, labels: labels, sampleIndices: order, observations: remoteAnswers))
  }
}
