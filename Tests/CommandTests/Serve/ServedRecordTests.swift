import Foundation
import HIData
import HITransport
import Testing

@testable import HIServing
@testable import hi

/// What `hi serve --record` keeps without a policy, as Python's SQLite reads it.
@Suite struct ServedRecordTests {
  private func serve(_ arguments: String...) async throws -> (RunningCommand, Listening) {
    try await RunningCommand.serve([model("fashion-remote")] + arguments)
  }

  private static func sample(_ grey: UInt8) throws -> Sample {
    try #require(
      Sample(
        elementType: .uint8, shape: [1, 28, 28], bytes: [UInt8](repeating: grey, count: 784)))
  }

  @Test func everyAnswerIsARowAndInputsOnlyWhereAsked() async throws {
    let folder = try TemporaryFolder()
    var answers: [RemoteAnswer] = []
    for options in [[], ["--record-inputs"]] {
      let (server, place) = try await RunningCommand.serve(
        [model("fashion-remote"), "--record", folder.file("s")] + options)
      let client = WireRemoteModel(endpoint: try RemoteEndpoint(place.remote))
      for grey in [UInt8(0), 90, 255] {
        answers.append(try await client.classify(Self.sample(grey), deadline: .seconds(20)))
      }
      await client.close()
      #expect(try await server.end(SIGTERM) == 0)
    }
    let file = folder.file("s")
    let classes = answers.map { "(\($0.prediction), 'ok')" }.joined(separator: ";")
    #expect(
      await SQLiteFile.rows(file, "SELECT prediction, status FROM served ORDER BY id") == classes)
    #expect(
      await SQLiteFile.rows(
        file,
        "SELECT count(*), sum(confidence BETWEEN 0.1 AND 1), sum(queueMs >= 0 AND computeMs > 0), "
          + "sum(batchSize = 1), sum(length(input)) FROM served") == "(6, 6, 6, 6, 2352)")
    #expect(
      await SQLiteFile.rows(
        file, "SELECT count(*) FROM served WHERE input IS NULL") == "(3,)")
    #expect(
      await SQLiteFile.rows(file, "SELECT name, version FROM model") == "('fashion-remote', '1')")

    let calibrated = try await Command.run(
      "calibrate", "--recording", file, "--out", folder.file("p"))
    #expect(calibrated.status == 1)
    #expect(calibrated.errors.contains("a server's"), "\(calibrated.errors)")
  }

  /// What is refused comes faster than the disk takes it.
  @Test func refusedRequestsAreRowsWithoutTheirBytes() async throws {
    let folder = try TemporaryFolder()
    let file = folder.file("s")
    var options = RecordOptions()
    options.record = file
    options.recordInputs = true
    let log = try #require(try ServedLog(options))
    let described = ServedModelDescription(
      name: "m", digest: "sha256:0", classes: ["a"], shape: [1, 28, 28], elementType: .uint8)
    for failure in [InferenceFailure.overloaded, .shuttingDown, .failed("no")] {
      log.took(
        ServedRequest(
          model: described, version: "1", samples: [try Self.sample(7)], result: .failure(failure)))
    }
    log.finish { words in Issue.record("\(words)") }
    #expect(
      await SQLiteFile.rows(file, "SELECT length(input) FROM served ORDER BY id")
        == "(None,);(None,);(784,)")
  }

  @Test func aRecordSurvivesKill() async throws {
    let folder = try TemporaryFolder()
    let file = folder.file("s")
    let (server, place) = try await serve("--record", file)
    let client = WireRemoteModel(endpoint: try RemoteEndpoint(place.remote))
    for _ in 0..<50 { _ = try await client.classify(Self.sample(9), deadline: .seconds(20)) }
    let count = "SELECT count(*) FROM served"
    let end = ContinuousClock.now + .seconds(30)
    while await SQLiteFile.rows(file, count) != "(50,)", .now < end {}
    #expect(try await server.end(SIGKILL) == -SIGKILL)
    await client.close()
    #expect(await SQLiteFile.rows(file, count) == "(50,)")
    let (again, _) = try await serve("--record", file)
    #expect(try await again.end(SIGTERM) == 0)
    #expect(await SQLiteFile.rows(file, count) == "(50,)")
  }

  @Test func anotherKindOfFileIsRefused() async throws {
    let folder = try TemporaryFolder()
    let file = folder.file("other")
    try Data("no database".utf8).write(to: URL(filePath: file))
    let refused = try await Command.run(
      "serve", model("fashion-remote"), "--port", "0", "--record", file)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("is not a recording"), "\(refused.errors)")
  }
}
