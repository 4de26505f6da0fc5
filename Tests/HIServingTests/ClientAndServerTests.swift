import Foundation
import HIData
import HITransport
import SocketPeers
import Testing

@testable import HIServing

/// Both ends together.
@Suite(.timeLimit(.minutes(2))) struct ClientAndServerTests {
  private func server(port: Int = 0, workers: Int = 2) async throws -> HIServer {
    var configuration = HIServerConfiguration()
    configuration.port = port
    configuration.workers = workers
    return try await HIServer.start(backend: EchoBackend(), configuration: configuration)
  }

  private func configuration() -> WireClientConfiguration {
    var configuration = WireClientConfiguration()
    configuration.initialBackoff = .milliseconds(2)
    configuration.maximumBackoff = .milliseconds(20)
    return configuration
  }

  @Test func theClientReadsWhatTheServerWrites() async throws {
    let server = try await server()
    let client = WireRemoteModel(endpoint: server.endpoint)
    #expect(try await client.describe(deadline: .seconds(20)) == EchoBackend().description)
    try await client.ping(deadline: .seconds(20))
    for first in [UInt8(0), 4, 9] {
      let answer = try await client.classify(EchoBackend.sample(first), deadline: .seconds(20))
      #expect(answer.prediction == Int(first))
      #expect(answer.confidence == 0.5)
    }
    // The model has ten classes and says 10.
    await #expect(
      throws: OffloadError.protocolViolation("The server answered class 10, expected 0 to 9.")
    ) { try await client.classify(EchoBackend.sample(10), deadline: .seconds(20)) }
    await #expect(throws: OffloadError.modelFailed("the model broke on this sample")) {
      try await client.classify(EchoBackend.sample(255), deadline: .seconds(20))
    }
    let wrong = try #require(
      Sample(elementType: .float32, shape: [1], bytes: [0, 0, 0, 0]))
    await #expect(
      throws: OffloadError.rejected(
        "Model echo takes uint8 samples of shape [1, 2, 2], 4 bytes, but the request has float32 "
          + "of shape [1], 4 bytes: send samples as the manifest says.")
    ) { try await client.classify(wrong, deadline: .seconds(20)) }
    await client.close()
    await server.shutdown(drain: .seconds(5))
  }

  @Test func offloadingResumesWhenTheServerIsStartedAgainOnItsPort() async throws {
    var server = try await server()
    let port = server.port
    let client = WireRemoteModel(endpoint: server.endpoint, configuration: configuration())
    for first in 0..<3 {
      while true {
        if let answer = try? await client.classify(
          EchoBackend.sample(UInt8(first)), deadline: .seconds(20))
        {
          #expect(answer.prediction == first)
          break
        }
        await Task.yield()
      }
      await server.shutdown(drain: .seconds(5))
      await #expect(throws: OffloadError.self) {
        try await client.classify(EchoBackend.sample(1), deadline: .seconds(20))
      }
      server = try await self.server(port: port)
    }
    await client.close()
    await server.shutdown(drain: .seconds(5))
  }

  /// 4,000 calls through a link that is cut at random places again and again: each call ends exactly
  /// once, and every answer is the answer to its own sample.
  @Test func everyCallHasOneOutcomeWhileConnectionsAreCutAtRandom() async throws {
    let server = try await server()
    let port = server.port
    let relay = try ScriptedServer { downstream, number in
      guard let upstream = try? BlockingSocket(port: port) else { return downstream.cut() }
      let readerEnded = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        defer { readerEnded.signal() }
        while let frame = upstream.receiveFrame() {
          guard downstream.send(UInt32(frame.count).littleEndianBytes + frame) else { break }
        }
        downstream.finishSending()
      }
      // Every connection carries some requests and is then cut, every other one inside a frame.
      for _ in 0..<(20 + number % 7 * 40) {
        guard let frame = downstream.receiveFrame() else { break }
        upstream.send(UInt32(frame.count).littleEndianBytes + frame)
      }
      if number.isMultiple(of: 2) { upstream.send([30, 0, 0, 0, 1, 1]) }
      upstream.interrupt()
      downstream.interrupt()
      readerEnded.wait()
      upstream.cut()
      downstream.cut()
    }
    defer { relay.stop() }
    let client = WireRemoteModel(
      endpoint: RemoteEndpoint(host: "127.0.0.1", port: relay.port),
      configuration: configuration())
    var answered = 0
    var failed = 0
    await withTaskGroup(of: (answered: Int, failed: Int).self) { group in
      for task in 0..<100 {
        group.addTask {
          var outcomes = (answered: 0, failed: 0)
          for call in 0..<40 {
            let first = (task + call) % 10
            do throws(OffloadError) {
              let answer = try await client.classify(
                EchoBackend.sample(UInt8(first)), deadline: .seconds(30))
              #expect(answer.prediction == first)
              outcomes.answered += 1
            } catch {
              outcomes.failed += 1
              await Task.yield()
            }
          }
          return outcomes
        }
      }
      for await outcomes in group {
        answered += outcomes.answered
        failed += outcomes.failed
      }
    }
    #expect(answered + failed == 4000)
    #expect(failed > 0)
    let statistics = await client.statistics()
    #expect(statistics.inFlight == 0)
    #expect(statistics.connections > 1)
    await client.close()
    await server.shutdown(drain: .seconds(5))
    #expect(server.queueDepth == 0)
  }

  @Test func theWirePortSaysThatItsModelIsUnloadedAndServesItAgainWhenItIsBack() async throws {
    let server = try await server()
    let client = WireRemoteModel(endpoint: server.endpoint)
    try await server.repository.unload("echo")
    let failure = OffloadError.modelFailed(
      "The server's model is not loaded: load it, or ask another server.")
    await #expect(throws: failure) {
      try await client.classify(EchoBackend.sample(1), deadline: .seconds(20))
    }
    try await client.ping(deadline: .seconds(20))
    try await server.repository.load("echo")
    let answer = try await client.classify(EchoBackend.sample(1), deadline: .seconds(20))
    #expect(answer.prediction == 1)
    #expect(server.snapshot.models.map(\.requests.answered) == [1])
    #expect(server.snapshot.openConnections == 1)
    await client.close()
    await server.shutdown(drain: .seconds(5))
  }

  @Test func aWireModelThatIsNotThereStopsTheStart() async throws {
    var configuration = HIServerConfiguration()
    configuration.wireModel = "none"
    let repository = try await ModelRepository.load(.backends([EchoBackend()]))
    await #expect(throws: HIServerError.noWireModel(name: "none", loaded: ["echo"])) {
      try await HIServer.start(repository: repository, configuration: configuration)
    }
    #expect(await repository.join(within: .seconds(60)))
  }

  @Test func manyConcurrentCallsGetTheirOwnAnswers() async throws {
    let server = try await server()
    var configuration = WireClientConfiguration()
    configuration.maximumInFlight = 64
    let client = WireRemoteModel(endpoint: server.endpoint, configuration: configuration)
    let wrong = await withTaskGroup(of: Int.self) { group in
      for task in 0..<64 {
        group.addTask {
          var wrong = 0
          for call in 0..<100 {
            let first = (task * 3 + call) % 10
            let answer = try? await client.classify(
              EchoBackend.sample(UInt8(first)), deadline: .seconds(60))
            if answer?.prediction != first { wrong += 1 }
          }
          return wrong
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
    #expect(server.counts.answered[.ok] == 6400)
    await client.close()
    await server.shutdown(drain: .seconds(5))
  }

  /// A second implementation of the protocol, written from its description in another language.
  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"),
      "the independent client needs /usr/bin/python3"))
  func anIndependentClientIsServed() async throws {
    var configuration = HIServerConfiguration()
    configuration.rawPort = 0
    let server = try await HIServer.start(backend: EchoBackend(), configuration: configuration)
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Interoperability/wire_client.py").path
    let arguments = [script, String(server.port), String(try #require(server.rawPort))]
    let (status, output) = try await onThread {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = arguments
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let output = String(
        decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, output)
    }
    #expect(status == 0, "\(output)")
    #expect(output.hasSuffix("all good\n"))
    await server.shutdown(drain: .seconds(5))
  }
}
