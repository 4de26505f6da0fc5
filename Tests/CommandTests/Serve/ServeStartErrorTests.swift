import Foundation
import Testing

@testable import hi

/// What `hi serve` says where it cannot start.
@Suite(.timeLimit(.minutes(3))) struct ServeStartErrorTests {
  private let folder = try! TemporaryFolder()

  private struct Line: Decodable {
    let time: String
    let level: String
    let logger: String
    let message: String
  }

  /// Expects one line of JSON and nothing else, as the log's other lines are.
  private func expectLine(of result: Command.Result, saying words: String) throws {
    #expect(result.status == 1)
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    let line = try JSONDecoder().decode(Line.self, from: Data(result.errors.utf8))
    #expect(line.level == "error" && line.logger == "hi.serve")
    #expect(line.message.contains(words), "\(line.message)")
  }

  @Test func theFlagMakesItALineOfJSON() async throws {
    try expectLine(
      of: try await Command.run("serve", "none.himodel", "--log-format", "json"),
      saying: "none.himodel")
    try expectLine(
      of: try await Command.run(
        "serve", model("fashion-tiny"), "--log-format=json", "--host", "0.0.0.0"),
      saying: "--insecure")
  }

  @Test func soDoesAVariable() async throws {
    try expectLine(
      of: try await Command.run(
        [
          "-c", "HI_SERVE_LOG_FORMAT=json exec \"$0\" serve none.himodel",
          Command.executable.path,
        ], of: URL(filePath: "/bin/sh")), saying: "none.himodel")
  }

  @Test func soDoesAFile() async throws {
    let path = folder.file("serve.json")
    try Data(#"{"logFormat": "json", "bundles": ["none.himodel"]}"#.utf8)
      .write(to: URL(filePath: path))
    try expectLine(
      of: try await Command.run("serve", "--config", path), saying: "none.himodel")
  }

  @Test func otherwiseItIsASentence() async throws {
    let result = try await Command.run("serve", "none.himodel")
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("Error: none.himodel"), "\(result.errors)")
  }

  @Test(arguments: [["--port", "70000"], ["--log-levle", "info"]])
  func wrongUsageStaysWhatPeopleRead(options: [String]) async throws {
    let result = try await Command.run(
      ["serve", "none.himodel", "--log-format", "json"] + options)
    #expect(result.status == 64)
    #expect(result.errors.hasPrefix("Error: "), "\(result.errors)")
  }

  @Test func soDoesWrongUsageThatIsFoundOutLater() async throws {
    var logs = LogOptions()
    (logs.logFormat, logs.logLevel) = (.json, .info)
    var models = ServedModels()
    models.bundles = ["a.himodel", "b.himodel"]
    do {
      _ = try await models.load(tier: { _ in throw CancellationError() })
      Issue.record("a tier of two models was loaded")
    } catch {
      let told = logs.told(of: error, by: logs.logger("hi.serve"))
      #expect("\(type(of: told))" == "ValidationError")
    }
  }
}
