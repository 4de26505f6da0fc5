import Foundation
import HITransport
import Testing

@Suite struct ServeTests {
  private func start() async throws -> (RunningCommand, RemoteEndpoint, Int?) {
    let (server, listening) = try await RunningCommand.serve(
      model("fashion-remote"), "--raw-port", "0")
    return (server, try RemoteEndpoint(listening.remote), listening.rawPort)
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func asksToStopAreAnsweredWithStatusZero(signal: Int32) async throws {
    let (server, endpoint, _) = try await start()
    let client = WireRemoteModel(endpoint: endpoint)
    try await client.ping(deadline: .seconds(10))
    #expect(try await server.end(signal) == 0)
    await client.close()
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func asksToStopCountFromTheLineThatSaysItServes(signal: Int32) async throws {
    for _ in 0..<4 {
      let (server, _, _) = try await start()
      #expect(try await server.end(signal) == 0)
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["</dev/null", "<&-", "<\"$1\""])
  func aServerThatEndsWithItsInputEndsWhereThereIsNone(input: String) async throws {
    let bundle = model("fashion-remote")
    let result = try await Command.run(
      [
        "-c", "exec \"$0\" serve \"$2\" --port 0 --until-input-closes \(input)",
        Command.executable.path, bundle + "/manifest.json", bundle,
      ], of: URL(filePath: "/bin/sh"))
    #expect(result.status == 0)
    #expect(result.errors == "stopped after 0 answers\n")
  }

  @Test func aPortInUseIsNamed() async throws {
    let (first, endpoint, _) = try await start()
    let second = try await Command.run(
      "serve", model("fashion-remote"), "--port", "\(endpoint.port)")
    #expect(second.status == 1)
    #expect(second.errors.contains("\(endpoint.port)"), "\(second.errors)")
    #expect(second.errors.split(separator: "\n").count == 1, "one sentence: \(second.errors)")
    #expect(try await first.end(SIGTERM) == 0)
  }

  @Test func aFolderIsServedAndReloadedOnHangup() async throws {
    struct Served: Decodable {
      struct Model: Decodable, Equatable {
        let name: String
        let version: String
      }
      let models: [Model]
      let model: String
      let remote: String
    }
    let folder = try TemporaryFolder()
    func add(_ name: String, as place: String) throws {
      let target = URL(filePath: folder.file(place))
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: URL(filePath: model(name)), to: target)
    }
    try add("fashion-tiny", as: "models/fashion-tiny.himodel")
    try add("fashion-tiny-ee", as: "models/versioned/7/a.himodel")
    let server = try RunningCommand(
      "serve", "--models", folder.file("models"), "--port", "0", "--json", "--max-batch", "4",
      "--batch-delay-ms", "1", "--queue", "10", "--wire-model", "versioned")
    let served = try JSONDecoder().decode(
      Served.self, from: Data(try await server.outputLine().utf8))
    #expect(
      served.models == [
        .init(name: "fashion-tiny", version: "1"), .init(name: "versioned", version: "7"),
      ])
    #expect(served.model == "versioned")
    let client = WireRemoteModel(endpoint: try RemoteEndpoint(served.remote))
    let before = try await client.describe(deadline: .seconds(10)).digest

    try add("fashion-remote", as: "models/versioned/10/a.himodel")
    kill(server.process.processIdentifier, SIGHUP)
    #expect(try await server.errorLine().contains("loaded versioned version 10"))
    #expect(try await server.errorLine().contains("3 models ready"))
    #expect(try await client.describe(deadline: .seconds(10)).digest != before)
    await client.close()
    #expect(try await server.end(SIGTERM) == 0)
  }

  @Test func whatAFolderHoldsBesideModelsIsNamedAtTheStartAndAtAReload() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: model("fashion-tiny"), toPath: folder.file("fashion-tiny.himodel"))
    for name in ["a", "b", "c", "d"] {
      let version = folder.file("\(name)/1")
      try FileManager.default.createDirectory(atPath: version, withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: version + "/model.onnx"))
    }
    try Data().write(to: URL(filePath: folder.file(".hidden")))
    let server = try RunningCommand("serve", "--models", folder.url.path, "--port", "0")
    #expect(try await server.outputLine().contains("serving fashion-tiny"))
    let start = try await server.errorLine()
    #expect(start.hasPrefix("warning: ") && start.contains(": a, b, c, 1 more;"), "\(start)")
    #expect(start.contains("NAME.himodel") && start.contains("`hi wrap`"))

    try FileManager.default.removeItem(atPath: folder.file("b"))
    kill(server.process.processIdentifier, SIGHUP)
    #expect(try await server.errorLine().contains(": a, c, d;"))
    #expect(try await server.errorLine().contains("1 models ready"))
    #expect(try await server.end(SIGTERM) == 0)
  }

  @Test(arguments: [
    ["--port", "70000"], ["--workers", "0"], ["--queue-limit", "0"], ["--max-batch", "0"],
    ["--batch-delay-ms", "20000"],
  ])
  func wrongUsageHasStatus64(options: [String]) async throws {
    let result = try await Command.run(["serve", model("fashion-remote")] + options)
    #expect(result.status == 64)
    #expect(result.errors.contains(options[0]))
  }

  @Test(arguments: [[], ["some.himodel", "--models", "folder"]])
  func bundlesOrAFolderAreNeeded(arguments: [String]) async throws {
    let result = try await Command.run(["serve"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains("--models"))
  }
}
