import CollectedSpans
import HITracing
import SocketPeers
import Testing
import Tracing

@testable import HIServing

extension ServerOverSocketsTests {
  @Test func rawModeBeginsATraceASample() async throws {
    let kept = CollectedSpans()
    try await PlainSocket.withServer {
      $0.rawPort = 0
      $0.tracer = kept.tracer()
    } _: { server in
      let port = try #require(server.rawPort)
      try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send([1, 0, 0, 0, 255, 0, 0, 0])
        #expect(socket.receive(exactly: 4) == [0, 1, 0xFF, 0xFF])
      }
      // Of each sample its time in the queue, its inference and the whole.
      let spans = await kept.next(6)
      let requests = spans.filter { $0.kind == .server }
      #expect(requests.map { $0.words("hi.front_end") } == ["raw", "raw"])
      #expect(requests.map { $0.words("hi.status") } == ["ok", "model_failed"])
      #expect(requests.map(\.status?.code) == [nil, .error])
      #expect(requests.allSatisfy { $0.parent == nil })
      #expect(Set(requests.map(\.place.traceID)).count == 2)
      for request in requests {
        let children = spans.filter { $0.parent == request.place.span }
        #expect(Set(children.map(\.name)) == ["queue", "inference"])
      }
    }
  }

  @Test func whatIsRefusedAtOnceEndsItsSpanToo() async throws {
    let backend = GatedBackend()
    let kept = CollectedSpans()
    try await PlainSocket.withServer(backend: backend) {
      $0.queueLimit = 1
      $0.tracer = kept.tracer()
    } _: { server in
      let port = server.port
      try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(PlainSocket.infer(1, id: 1))
        backend.waitForOneMoreStart()
        socket.send(PlainSocket.infer(2, id: 2) + PlainSocket.infer(3, id: 3))
        #expect(socket.receiveFrame() != nil)
        backend.permit(2)
        #expect(socket.receiveFrame() != nil && socket.receiveFrame() != nil)
      }
      let requests = await kept.next(7).filter { $0.kind == .server }
      #expect(requests.map { $0.words("hi.status") } == ["overloaded", "ok", "ok"])
      #expect(requests.first?.words("error.type") == "overloaded")
    }
  }
}
