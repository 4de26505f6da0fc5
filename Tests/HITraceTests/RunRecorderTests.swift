import Foundation
import GRDB
import HITrace
import HierarchicalInference
import Testing

@Suite struct RunRecorderTests {
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    init() throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(at: url) }
    func file(_ name: String) -> URL { url.appending(path: name) }
  }

  private func metadata(local: String = "l", exits: Int = 2) -> RecordingMetadata {
    RecordingMetadata(
      local: TraceMetadata(
        modelName: local, modelDigest: "sha256:1", precision: "fp32", preprocessing: "p",
        dataset: "d", split: "test", classes: ["a", "b"], exitCount: exits,
        multiplyAccumulates: exits == 2 ? [1, 2] : [1], createdBy: "test"),
      remoteName: "r", remoteDigest: "sha256:2")
  }

  private func seen(_ prediction: Int, _ confidence: Float) -> Observation {
    Observation(
      prediction: prediction, confidence: confidence, runnerUp: 1 - confidence, entropy: 0.5,
      logSumExp: .nan)
  }

  private func record(_ index: Int, label: Int? = 1, shadow: Bool) -> RunRecord {
    RunRecord(
      sampleIndex: index, label: label, prediction: 1, confidence: 0.75, answeredBy: "exit1",
      reason: "accepted",
      latencies: .init(total: 2, local: 1, decision: 0.5, offload: nil),
      answers: [seen(1, 0.75)], remote: nil,
      shadow: shadow
        ? .init(
          answers: [seen(1, 0.75), seen(0, Float(index) / 1000)],
          remote: .init(prediction: 1, confidence: 0.875))
        : nil)
  }

  @Test func whatBothModelsWereAskedAboutIsReadBackToTheBit() throws {
    let folder = try Folder()
    let file = folder.file("run.hirecord")
    let recorder = try RunRecorder(file, metadata: metadata())
    for index in 0..<500 { recorder.record(record(index, shadow: index % 5 == 0)) }
    let statistics = recorder.finish()
    #expect(statistics.written == 500)
    #expect(statistics.dropped == 0 && statistics.lost == 0)
    let trace = try RecordingFile.joinedTrace(file)
    #expect(trace.count == 100)
    #expect(trace.local.sampleIndices == Array(stride(from: 0, to: 500, by: 5)))
    #expect(Array(trace.local.answers(7))[1].confidence == Float(35) / 1000)
    #expect(Array(trace.local.answers(7))[0].logSumExp.isNaN)
    #expect(Array(trace.remote.answers(7))[0].confidence == 0.875)
    #expect(trace.labels.allSatisfy { $0 == 1 })
    // One file that can be copied: nothing of SQLite's is left beside it.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
  }

  @Test func aRecordingGoesOnAndTheLastAnswersOfASampleCount() throws {
    let folder = try Folder()
    let file = folder.file("run.hirecord")
    for round in 1...2 {
      let recorder = try RunRecorder(file, metadata: metadata())
      var one = record(3, shadow: true)
      one.shadow = .init(
        answers: [seen(1, 0.5), seen(0, 0.5)],
        remote: .init(prediction: 1, confidence: Float(round) / 4))
      recorder.record(one)
      recorder.finish()
    }
    #expect(try RecordingFile.count(file) == 2)
    let trace = try RecordingFile.joinedTrace(file)
    #expect(trace.count == 1)
    #expect(Array(trace.remote.answers(0))[0].confidence == 0.5)
  }

  @Test func aRecordingOfOtherModelsIsNotGoneOnWith() throws {
    let folder = try Folder()
    let file = folder.file("run.hirecord")
    try RunRecorder(file, metadata: metadata()).finish()
    let error = #expect(throws: RecordingFileError.self) {
      try RunRecorder(file, metadata: metadata(local: "other"))
    }
    #expect(error?.description.contains("other (sha256:1)") == true)
    #expect(try RecordingFile.count(file) == 0)
  }

  @Test func whatAPolicyChoseIsNotCalibratedOn() throws {
    let folder = try Folder()
    let file = folder.file("run.hirecord")
    let recorder = try RunRecorder(file, metadata: metadata())
    for index in 0..<10 { recorder.record(record(index, shadow: false)) }
    recorder.record(record(11, label: nil, shadow: true))
    recorder.finish()
    #expect(
      throws: RecordingFileError.nothingToCalibrateOn(path: file.path, samples: 11, shadows: 0)
    ) {
      try RecordingFile.joinedTrace(file)
    }
  }

  @Test func otherFilesAreRefusedAndKept() throws {
    let folder = try Folder()
    let file = folder.file("text")
    try Data("not a database, but long enough to be taken for a header of one".utf8)
      .write(to: file)
    #expect(throws: RecordingFileError.self) { try RunRecorder(file, metadata: metadata()) }
    #expect(throws: RecordingFileError.self) { try RecordingFile.joinedTrace(file) }
    #expect(throws: RecordingFileError.missing(path: folder.file("none").path)) {
      try RecordingFile.joinedTrace(folder.file("none"))
    }
    #expect(try Data(contentsOf: file).starts(with: Data("not a database".utf8)))
  }

  /// SQLite keeps a value of any type in any column.
  @Test(arguments: [
    "UPDATE event SET sampleIndex = 'first'", "UPDATE event SET label = x'01'",
    "UPDATE shadow SET prediction = 'one'", "UPDATE shadow SET confidence = 'sure'",
    "UPDATE answer SET runnerUp = 'second'",
  ])
  func aValueThatCannotBeIsDamage(change: String) throws {
    let folder = try Folder()
    let file = folder.file("run.hirecord")
    let recorder = try RunRecorder(file, metadata: metadata())
    recorder.record(record(3, shadow: true))
    _ = recorder.finish()
    try DatabaseQueue(path: file.path).write { try $0.execute(sql: change) }
    let error = try #require(throws: RecordingFileError.self) {
      try RecordingFile.joinedTrace(file)
    }
    #expect(error.description.contains("is damaged"))
  }

  @Test func moreThanTheBufferTakesIsDroppedAndCountedAndNobodyWaits() throws {
    let folder = try Folder()
    let recorder = try RunRecorder(folder.file("r"), metadata: metadata(), capacity: 1)
    for index in 0..<20_000 { recorder.record(record(index, shadow: false)) }
    let statistics = recorder.finish()
    #expect(statistics.written + statistics.dropped == 20_000)
    #expect(statistics.dropped > 0)
    #expect(try RecordingFile.count(folder.file("r")) == statistics.written)
  }
}
