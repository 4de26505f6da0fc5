import Foundation
import HITransport
import Testing

@Suite struct ServeTests {
  private struct Listening: Decodable {
    let remote: String
    let rawPort: Int?
  }

  private func start() async throws -> (RunningCommand, RemoteEndpoint, Int?) {
    let server = try RunningCommand(
      "serve", model("fashion-remote"), "--port", "0", "--raw-port", "0", "--json")
    let line = try await server.outputLine()
    let listening = try JSONDecoder().decode(Listening.self, from: Data(line.utf8))
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

  @Test func aPortInUseIsNamed() async throws {
    let (first, endpoint, _) = try await start()
    let second = try await Command.run(
      "serve", model("fashion-remote"), "--port", "\(endpoint.port)")
    #expect(second.status == 1)
    #expect(second.errors.contains("\(endpoint.port)"), "\(second.errors)")
    #expect(second.errors.split(separator: "\n").count == 1, "one sentence: \(second.errors)")
    #expect(try await first.end(SIGTERM) == 0)
  }

  @Test(arguments: [["--port", "70000"], ["--workers", "0"], ["--queue-limit", "0"]])
  func wrongUsageHasStatus64(options: [String]) async throws {
    let result = try await Command.run(["serve", model("fashion-remote")] + options)
    #expect(result.status == 64)
    #expect(result.errors.contains(options[0]))
  }
}
