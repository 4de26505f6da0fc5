import Foundation
import GRDB
import HITrace
import HierarchicalInference
import Testing

/// A folder of its own for a test, removed with it.
private final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

@Suite struct TraceFileTests {
  private let folder: TemporaryFolder
  private var file: URL { folder.url.appending(path: "local.hitrace") }

  init() throws { folder = try TemporaryFolder() }

  private func trace(keepLogits: Bool = true, samples: Int = 50) throws -> Trace {
    let metadata = TraceMetadata(
      modelName: "two-exits", modelDigest: "sha256:abc", precision: "fp32", preprocessing: "none",
      dataset: "made-up", split: "test", classes: ["a", "b", "c"], exitCount: 2,
      multiplyAccumulates: [10, 30], createdBy: "a test")
    var logits = (0..<samples * 6).map { Float($0 % 17) * 0.3 - 2 }
    logits[3] = .nan
    logits[8] = -.infinity
    let observations = (0..<samples * 2).map { row in
      Observation(logits: Array(logits[row * 3..<row * 3 + 3]).span)
    }
    return try Trace(
      metadata: metadata, labels: (0..<samples).map { $0 % 3 },
      sampleIndices: (0..<samples).map { 1000 - $0 }, observations: observations,
      logits: keepLogits ? logits : [])
  }

  private func bits(_ trace: Trace) -> [UInt32] {
    trace.observations.flatMap {
      [$0.confidence, $0.runnerUp, $0.entropy, $0.logSumExp].map {
        $0.isNaN ? UInt32.max : $0.bitPattern
      }
    }
  }

  @Test(arguments: [true, false])
  func whatIsReadIsWhatWasWrittenToTheBit(keepLogits: Bool) throws {
    let written = try trace(keepLogits: keepLogits)
    try TraceFile.write(written, to: file)
    let read = try TraceFile.read(file)
    #expect(read.metadata == written.metadata)
    #expect(read.labels == written.labels)
    #expect(read.sampleIndices == written.sampleIndices)
    #expect(read.observations.map(\.prediction) == written.observations.map(\.prediction))
    #expect(bits(read) == bits(written))
    #expect(read.logits.map(\.bitPattern) == written.logits.map(\.bitPattern))
  }

  @Test func writingAgainReplacesTheFile() throws {
    try TraceFile.write(try trace(samples: 50), to: file)
    try TraceFile.write(try trace(samples: 7), to: file)
    #expect(try TraceFile.read(file).count == 7)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
  }

  @Test func anotherProgramReadsTheFile() throws {
    let sqlite = "/usr/bin/sqlite3"
    guard FileManager.default.isExecutableFile(atPath: sqlite) else {
      print("skipped: there is no \(sqlite) to read the file with")
      return
    }
    try TraceFile.write(try trace(), to: file)
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: sqlite)
    process.arguments = [file.path, "SELECT count(*) FROM answer WHERE confidence IS NULL"]
    process.standardOutput = output
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text == "2\n", "the two answers that are not numbers")
  }

  @Test func aMissingFileIsNamed() {
    #expect(throws: TraceFileError.missing(path: file.path)) { try TraceFile.read(file) }
  }

  @Test func aFileOfAnotherKindIsRefused() throws {
    try Data("not a database, but long enough to look like a file".utf8).write(to: file)
    let error = try #require(throws: TraceFileError.self) { try TraceFile.read(file) }
    #expect(error.description.contains("is not a trace"))
  }

  @Test(arguments: [1, 100, 1000, 4096, 8192])
  func aTruncatedFileIsRefusedAndNeverCrashes(length: Int) throws {
    try TraceFile.write(try trace(samples: 500), to: file)
    let whole = try Data(contentsOf: file)
    #expect(whole.count > length)
    try whole.prefix(length).write(to: file)
    #expect(throws: TraceFileError.self) { try TraceFile.read(file) }
  }

  /// SQLite keeps a value of any type in any column.
  @Test(arguments: [
    "UPDATE sample SET label = 'three' WHERE position = 7",
    "UPDATE sample SET sampleIndex = x'0102' WHERE position = 7",
    "UPDATE answer SET prediction = 'one' WHERE position = 7",
    "UPDATE answer SET confidence = 'sure' WHERE position = 7",
    "UPDATE answer SET logits = 7 WHERE position = 7",
    "UPDATE trace SET metadata = replace(metadata, '\"exitCount\":2', '\"exitCount\":4611686018427387904')",
  ])
  func aValueThatCannotBeIsDamage(change: String) throws {
    try TraceFile.write(try trace(), to: file)
    try DatabaseQueue(path: file.path).write { try $0.execute(sql: change) }
    let error = try #require(throws: TraceFileError.self) { try TraceFile.read(file) }
    #expect(error.description.contains("is damaged"))
  }

  @Test func aFailedWriteLeavesTheEarlierFileAndNothingElse() throws {
    let place = folder.url.appending(path: "missing-folder/local.hitrace")
    #expect(throws: TraceFileError.self) { try TraceFile.write(try trace(), to: place) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }
}
