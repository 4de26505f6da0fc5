#if OpenInference
  import Foundation
  import HIServing
  import SocketPeers
  import TestCertificates
  import Testing

  @testable import HIOpenInference

  /// What is counted of connections that end without a request.
  @Suite(.timeLimit(.minutes(2))) struct RefusedConnectionTests {
    private let refusals = Refusals()

    private var counted: [String] {
      refusals.counts.map { "\($0.key.frontEnd) \($0.key.status) \($0.value)" }
    }

    private func port(_ frontEnd: FrontEnd, of server: OpenInferenceServer) throws -> Int {
      try #require(frontEnd == .http ? server.httpPort : server.grpcPort)
    }

    /// Connects, says something, and reads until the server ends the connection.
    private func connect(
      _ port: Int, saying bytes: [UInt8], thenClosing: Bool = false
    ) async throws {
      let rest = try await onThread {
        let socket = try BlockingSocket(port: port)
        defer { socket.close() }
        socket.send(bytes)
        if thenClosing { socket.finishSending() }
        return socket.receiveToEnd()
      }
      #expect(rest != nil, "the server did not end the connection")
    }

    private func withEncryptedServer(
      _ body: (OpenInferenceServer) async throws -> Void
    ) async throws {
      let files = try TestCertificates()
      let tls = try ServerTLS(certificate: files.certificate("server"), key: files.key("server"))
      try await withServer(
        configure: {
          $0.tls = tls
          $0.refusals = refusals
        }, body)
    }

    /// What is no request.
    enum Nonsense: CaseIterable {
      case noHTTP, noHeader, longHeader, manyHeaders, olderHTTP, brokenSettings, brokenHeaders

      var bytes: [UInt8] {
        let head = "GET / HTTP/1.1\r\nHost: a"
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        return switch self {
        case .noHTTP: Array("HELLO\r\n\r\n".utf8)
        case .noHeader: Array((head + "\r\nno colon\r\n\r\n").utf8)
        case .longHeader: Array((head + "\r\nx: " + String(repeating: "x", count: 40_000)).utf8)
        case .manyHeaders: Array((head + String(repeating: "\r\nx: y", count: 101)).utf8)
        case .olderHTTP: Array((head + "\r\n\r\n").utf8)
        // Of five bytes, where a setting has six.
        case .brokenSettings: preface + [0, 0, 5, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5]
        // A number that HPACK does not end.
        case .brokenHeaders:
          preface + [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 1, 1, 5, 0, 0, 0, 1, 0xFF]
        }
      }

      var frontEnd: FrontEnd {
        switch self {
        case .noHTTP, .noHeader, .longHeader, .manyHeaders: .http
        case .olderHTTP, .brokenSettings, .brokenHeaders: .grpc
        }
      }

      var counted: String {
        switch self {
        case .noHTTP, .noHeader: "http bad_http 1"
        case .longHeader, .manyHeaders: "http header_too_large 1"
        case .olderHTTP, .brokenSettings, .brokenHeaders: "grpc bad_http2 1"
        }
      }
    }

    @Test(arguments: Nonsense.allCases)
    func whatIsNoRequestIsCountedOnce(_ nonsense: Nonsense) async throws {
      try await withServer(configure: { $0.refusals = refusals }) { server in
        try await connect(port(nonsense.frontEnd, of: server), saying: nonsense.bytes)
        #expect(try await eventually { counted == [nonsense.counted] }, "\(counted)")
      }
      #expect(counted == [nonsense.counted])
    }

    @Test(arguments: [FrontEnd.http, .grpc])
    func aFailedHandshakeIsCountedOnceAndOneNotBegunIsNot(frontEnd: FrontEnd) async throws {
      try await withEncryptedServer { server in
        let port = try port(frontEnd, of: server)
        // A record of TLS that breaks off, and something else altogether.
        for bytes in [[22, 3, 1, 2, 0, 1], Array("GET / HTTP/1.1\r\n\r\n".utf8)] {
          try await connect(port, saying: [], thenClosing: true)
          try await connect(port, saying: bytes, thenClosing: true)
        }
        let word = "\(frontEnd) tls_handshake 2"
        #expect(try await eventually { counted == [word] }, "\(counted)")
      }
      // Whatever else the server had to say has been said by its end.
      #expect(counted == ["\(frontEnd) tls_handshake 2"])
    }

    @Test(arguments: [FrontEnd.http, .grpc])
    func whoOnlyLooksWhetherSomebodyIsThereIsNotCounted(frontEnd: FrontEnd) async throws {
      try await withServer(configure: { $0.refusals = refusals }) { server in
        try await connect(port(frontEnd, of: server), saying: [], thenClosing: true)
      }
      #expect(counted == [])
    }
  }
#endif
