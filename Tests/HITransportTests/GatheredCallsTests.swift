import HIData
import SocketPeers
import Testing

@testable import HITransport

@Suite("Calls that leave together", .timeLimit(.minutes(1)))
struct GatheredCallsTests {
  @Test("Each has its own answer, whatever they shared on the way", arguments: [1, 2, 40])
  func everyCallIsSentAndAnswered(count: Int) async throws {
    // Nothing is answered before all have come, so a call that was written and not flushed would hang.
    let server = try ScriptedServer { socket, _ in
      for _ in 0..<3 {
        var ids: [(UInt32, UInt8)] = []
        for _ in 0..<count {
          guard let frame = socket.receiveFrame(),
            let asked = ScriptedWire.Asked(frame)
          else { return }
          // The sample's first byte, after its type, rank and three sizes.
          ids.append((asked.id, frame[frame.count - 4]))
        }
        let answers = ids.reversed().map {
          ScriptedWire.answer($0.0, prediction: UInt32($0.1))
        }
        socket.send(answers.flatMap(\.self))
      }
    }
    defer { server.stop() }
    var configuration = WireClientConfiguration()
    configuration.gathersCalls = true
    let client = WireRemoteModel(
      endpoint: RemoteEndpoint(host: "127.0.0.1", port: server.port), configuration: configuration)
    for _ in 0..<3 {
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<count {
          group.addTask {
            let sample = Sample(
              elementType: .uint8, shape: [1, 2, 2], bytes: [UInt8(number), 0, 0, 0])
            guard let sample else { return false }
            let answer = try? await client.classify(sample, deadline: .seconds(20))
            return answer?.prediction == number
          }
        }
        for await isRight in group { #expect(isRight) }
      }
    }
    await client.close()
  }
}
