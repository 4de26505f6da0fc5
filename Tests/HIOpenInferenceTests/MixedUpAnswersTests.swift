#if OpenInference
  import Foundation
  import HIData
  import HITransport
  import SocketPeers
  import Synchronization
  import Testing

  @testable import HIOpenInference

  @Suite("A REST connection that is an answer behind")
  struct MixedUpAnswersTests {
    /// What the peer saw of each inference: whether the one before was answered wrongly, by whichever
    /// connection, and whether this one asks for the connection's end.
    private struct Seen: Equatable {
      var followsWrong: Bool
      var endsConnection: Bool
    }

    @Test("It ends after its next answer, and the one in its place is believed again")
    func connectionsThatAreBehindEnd() async throws {
      let seen = Mutex<[Seen]>([])
      let wasWrong = Mutex(false)
      let peer = try ScriptedServer { socket, _ in
        var lastID: String?
        while let request = PeerRequest(socket) {
          guard request.line.hasPrefix("POST") else {
            request.answer(Self.documents[request.line.contains("models") ? 0 : 1])
            continue
          }
          let id = request.id
          seen.withLock {
            $0.append(
              Seen(
                followsWrong: wasWrong.withLock { $0 }, endsConnection: request.endsConnection))
          }
          // From its second inference on, a connection gives the answer before.
          wasWrong.withLock { $0 = lastID != nil }
          request.answer(
            """
            {"model_name": "m", "model_version": "1", "id": "\(lastID ?? id)", "outputs":
             [{"name": "logits", "datatype": "FP32", "shape": [1, 3], "data": [1, 7, 2]}]}
            """)
          lastID = id
          if request.endsConnection { break }
        }
        socket.close()
      }
      defer { peer.stop() }
      let remote = OpenInferenceRemoteModel(
        endpoint: try OpenInferenceEndpoint("http://127.0.0.1:\(peer.port)/m"))
      let sample = try #require(
        Sample(elementType: .uint8, shape: [2, 2, 3], bytes: Array(repeating: 1, count: 12)))
      var answered = 0
      for _ in 0..<9 {
        do throws(OffloadError) {
          #expect(try await remote.classify(sample, deadline: .seconds(20)).prediction == 1)
          answered += 1
        } catch {
          #expect(error.reason == "protocolViolation", "\(error)")
        }
      }
      await remote.close()
      let all = seen.withLock { $0 }
      #expect(all.count == 9)
      for seen in all { #expect(seen.endsConnection == seen.followsWrong) }
      #expect(all.contains { $0.endsConnection })
      // One right, one wrong, one that ends the connection, and again.
      #expect(answered >= 3)
    }

    private static let documents = [
      """
      {"name": "m", "versions": ["1"], "platform": "test", "inputs": [{"name": "image", "datatype": \
      "UINT8", "shape": [-1, 2, 2, 3]}], "outputs": [{"name": "logits", "datatype": "FP32", \
      "shape": [-1, 3]}]}
      """, #"{"name": "peer", "version": "1", "extensions": []}"#,
    ]
  }
#endif
