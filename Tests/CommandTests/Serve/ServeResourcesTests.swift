import Foundation
import HITransport
import SocketPeers
import Testing

/// What the system gives a server: files, and time to end.
@Suite(.timeLimit(.minutes(2))) struct ServeResourcesTests {
  #if os(Linux)
    private func openFiles(of server: RunningCommand) throws -> Int? {
      let limits = try String(
        contentsOfFile: "/proc/\(server.process.processIdentifier)/limits", encoding: .utf8)
      let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst(3).first.flatMap { Int($0) }
    }

    /// As many connections as it takes have to leave files for models, records and tokens.
    @Test func aServerMakesRoomForItsConnectionsAndItsFiles() async throws {
      let (server, _) = try await RunningCommand.serve(
        model("fashion-tiny"), "--max-connections", "2000")
      #expect(try #require(try openFiles(of: server)) >= 2128)
      #expect(try await server.end(SIGTERM) == 0)
    }
  #endif

  @Test func aLimitOfFilesThatIsTooLowIsSaid() async throws {
    let result = try await Command.run(
      [
        "-c", "ulimit -n 200 && exec \"$@\"", "sh", Command.executable.path, "serve",
        model("fashion-tiny"), "--port", "0", "--until-input-closes",
      ], of: URL(filePath: "/bin/sh"))
    #expect(result.status == 0)
    #expect(
      result.errors.contains("open 200 files, and 1024 connections may come"), "\(result.errors)")
  }

  /// A peer that does not read its answers holds up the end until its time is up.
  @Test func theSecondInterruptEndsAServerAtOnce() async throws {
    let (server, listening) = try await RunningCommand.serve(
      model("imagenet-remote"), "--drain", "3600", "--stall-timeout", "3600")
    let port = try RemoteEndpoint(listening.remote).port
    let describe: [UInt8] = [16, 0, 0, 0, 1, 3, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let peer = try BlockingSocket(port: port)
    defer { peer.close() }
    peer.send(Array(repeating: describe, count: 2000).flatMap { $0 })
    #expect(try await offTheCooperativePool { peer.receiveFrame() } != nil)
    kill(server.process.processIdentifier, SIGINT)
    // A refused connection says that the shutdown is under way.
    try await offTheCooperativePool {
      while let socket = try? BlockingSocket(port: port) { socket.close() }
    }
    #expect(try await server.end(SIGINT) == -SIGINT)
  }
}
