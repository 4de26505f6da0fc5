#if OpenInference
  import Foundation
  import HITransport
  import SocketPeers
  import TestCertificates
  import Testing

  @testable import HIServing

  /// The wire port over TLS, with certificates that `openssl` made.
  @Suite(.timeLimit(.minutes(1))) struct WireTLSTests {
    private let files: TestCertificates

    init() throws { files = try TestCertificates() }

    private func server(
      _ name: String, clientAuthorities: String? = nil, refusals: Refusals = Refusals()
    ) async throws -> HIServer {
      var configuration = HIServerConfiguration()
      configuration.refusals = refusals
      configuration.scheduling.workers = 1
      configuration.rawPort = 0
      configuration.tls = try ServerTLS(
        certificate: files.certificate(name), key: files.key(name),
        clientAuthorities: clientAuthorities.map { files.certificate($0) })
      return try await HIServer.start(backend: EchoBackend(), configuration: configuration)
    }

    /// What a call ends with.
    private func outcome(
      _ server: HIServer, authorities: String = "ca", client: String? = nil,
      isEncrypted: Bool = true
    ) async throws -> Result<RemoteAnswer, OffloadError> {
      var configuration = WireClientConfiguration()
      configuration.connectTimeout = .seconds(20)
      configuration.tls = try ClientTLS(
        authorities: files.certificate(authorities), certificate: client.map(files.certificate),
        key: client.map(files.key))
      let model = WireRemoteModel(
        endpoint: RemoteEndpoint(host: "127.0.0.1", port: server.port, isEncrypted: isEncrypted),
        configuration: configuration)
      let result: Result<RemoteAnswer, OffloadError>
      do throws(OffloadError) {
        result = .success(try await model.classify(EchoBackend.sample(7), deadline: .seconds(20)))
      } catch {
        result = .failure(error)
      }
      await model.close()
      await server.shutdown(drain: .seconds(5))
      return result
    }

    private func expectRefusal(
      _ result: Result<RemoteAnswer, OffloadError>, saying words: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      guard case .failure(.unreachable(let reason)) = result else {
        Issue.record("expected no connection, found \(result)", sourceLocation: sourceLocation)
        return
      }
      #expect(reason.contains(words), sourceLocation: sourceLocation)
    }

    @Test func aServerThatIsKnownIsAsked() async throws {
      let server = try await server("server")
      #expect(server.endpoint.description == "his://127.0.0.1:\(server.port)")
      #expect(try await outcome(server).get().prediction == 7)
    }

    @Test func aClientShowsItsCertificate() async throws {
      let server = try await server("server", clientAuthorities: "ca")
      #expect(try await outcome(server, client: "client").get().prediction == 7)
    }

    @Test func anUnknownAuthorityIsNotTrusted() async throws {
      expectRefusal(
        try await outcome(server("server"), authorities: "other"), saying: "not trusted here")
    }

    @Test func anExpiredCertificateIsNotTrusted() async throws {
      expectRefusal(try await outcome(server("expired")), saying: "not valid today")
    }

    @Test func aCertificateOfAnotherHostIsNotTrusted() async throws {
      expectRefusal(try await outcome(server("elsewhere")), saying: "names another host")
    }

    /// The server's answer to a wrong client certificate may come while the client already sends, so
    /// that the client sees either the reason or only the end.
    @Test(arguments: [nil, "stranger"])
    func aClientWithoutAKnownCertificateIsNotServed(client: String?) async throws {
      let server = try await server("server", clientAuthorities: "ca")
      let result = try await outcome(server, client: client)
      guard case .failure(let error) = result else {
        Issue.record("expected a refusal, found \(result)")
        return
      }
      switch error {
      case .unreachable, .connectionClosed: break
      default: Issue.record("expected an ended connection, found \(error)")
      }
      #expect(server.counts.accepted == 0)
    }

    @Test func aClientWithoutTLSIsNotServed() async throws {
      let server = try await server("server")
      let result = try await outcome(server, isEncrypted: false)
      #expect(throws: OffloadError.self) { try result.get() }
      #expect(server.counts.accepted == 0)
    }

    @Test func aServerWithoutTLSIsNamedAsSuch() async throws {
      var configuration = HIServerConfiguration()
      configuration.scheduling.workers = 1
      let server = try await HIServer.start(
        backend: EchoBackend(), configuration: configuration)
      expectRefusal(try await outcome(server), saying: "does not speak TLS")
    }

    /// Plain bytes to either port give no answer and no request, and the server goes on.
    @Test func plainBytesEndTheirConnectionOnly() async throws {
      let server = try await server("server")
      for port in [server.port, try #require(server.rawPort)] {
        let rest = try await onThread {
          let socket = try BlockingSocket(port: port)
          defer { socket.close() }
          socket.send([16, 0, 0, 0, 1, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
          return socket.receiveToEnd()
        }
        // At most a TLS alert: its record type is 21.
        #expect(rest == [] || rest?.first == 21)
      }
      #expect(server.counts.accepted == 0)
      #expect(try await outcome(server).get().prediction == 7)
    }

    @Test func aHandshakeThatFailsIsCountedOnceAndOneThatIsNotBegunIsNot() async throws {
      let refusals = Refusals()
      let server = try await server("server", refusals: refusals)
      let rawPort = try #require(server.rawPort)
      let peers: [([UInt8], Int)] = [
        ([], server.port), (Array("GET / HTTP/1.1\r\n\r\n".utf8), server.port),
        ([22, 3, 1, 2, 0, 1], rawPort),
      ]
      for (bytes, port) in peers {
        // The server has noted it by the time that it ends the connection.
        let rest = try await onThread {
          let socket = try BlockingSocket(port: port)
          defer { socket.close() }
          socket.send(bytes)
          socket.finishSending()
          return socket.receiveToEnd()
        }
        #expect(rest != nil)
      }
      await server.shutdown(drain: .seconds(5))
      #expect(
        refusals.counts.map { "\($0.key.frontEnd) \($0.key.status) \($0.value)" }.sorted()
          == ["raw tls_handshake 1", "wire tls_handshake 1"])
    }

    @Test func aCertificatesTimesAreThoseOfItsFile() throws {
      let server = try ServerTLS(certificate: files.certificate("server"), key: files.key("server"))
      let days = server.validity.end.timeIntervalSince(server.validity.begin) / 86_400
      #expect(days == 30)
      #expect(server.validity.begin <= Date())
      #expect(server.warning == nil)
    }

    @Test func filesThatCannotBeUsedAreNamed() throws {
      func error(_ certificate: String, _ key: String) -> TLSError? {
        #expect(throws: TLSError.self) { try ServerTLS(certificate: certificate, key: key) }
      }
      let (certificate, key) = (files.certificate("server"), files.key("server"))
      #expect(error("/nowhere.pem", key)?.description.contains("/nowhere.pem") == true)
      #expect(error(key, key)?.description.contains("no certificate") == true)
      #expect(error(certificate, certificate)?.description.contains("private key") == true)
      let other = error(certificate, files.key("client"))
      #expect(other?.description.contains("check that the key is the certificate's") == true)
      #expect(throws: TLSError.incomplete) { try ClientTLS(certificate: certificate) }
    }
  }
#endif
