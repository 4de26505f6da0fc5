#if OpenInference
  import HITransport
  import SocketPeers
  import Synchronization
  import Testing

  @testable import HIOpenInference

  /// Names that are more than letters, as they come to a REST server.
  @Suite struct ModelNameTests {
    @Test(arguments: [
      ("my%20model/2", "/v2/models/my%20model/versions/2"), ("a%2Fb", "/v2/models/a%2Fb"),
      ("%C3%A4", "/v2/models/%C3%A4"),
    ])
    func aNameIsOneSegmentOfThePath(path: String, asked: String) async throws {
      let lines = Mutex<[String]>([])
      let peer = try ScriptedServer { socket, _ in
        while let request = PeerRequest(socket) {
          lines.withLock { $0.append(request.line) }
          request.answer("{}")
        }
        socket.close()
      }
      defer { peer.stop() }
      let remote = OpenInferenceRemoteModel(
        endpoint: try OpenInferenceEndpoint("http://127.0.0.1:\(peer.port)/\(path)"))
      // Its metadata is none, and that is all the same here.
      await #expect(throws: OffloadError.self) { try await remote.check(deadline: .seconds(20)) }
      await remote.close()
      #expect(lines.withLock { $0 } == ["GET \(asked) HTTP/1.1"])
    }
  }
#endif
