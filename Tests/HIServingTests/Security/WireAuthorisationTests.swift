import HIData
import HITransport
import NIOCore
import SocketPeers
import Testing

@testable import HIServing

/// What a connection may do before and after it has shown a token.
@Suite struct WireAuthorisationTests {
  static let token = "0123456789abcdef"

  static func tokens() throws -> AcceptedTokens {
    AcceptedTokens([try BearerToken(token, source: "test")])
  }

  private func session() throws -> WireSession {
    let input = try #require(ServedInput(EchoBackend().description))
    return WireSession(
      input: input, source: { input }, maximumInFlight: 2, maximumFrameLength: 16 << 20,
      tokens: try Self.tokens())
  }

  private func authorise(_ token: String, id: UInt32 = 1) -> ByteBuffer {
    WireRequest(kind: .authorise, id: id, payload: ByteBuffer(string: token)).encoded()
  }

  private func response(_ reply: ServingReply) throws -> WireResponse {
    try WireResponse(
      frame: reply.bytes.getSlice(at: 4, length: reply.bytes.readableBytes - 4)!)
  }

  @Test func aTokenOpensTheConnection() throws {
    var session = try session()
    #expect(!session.isAdmitted)
    session.append(authorise(Self.token))
    session.append(WireRequest(kind: .ping, id: 2).encoded())
    guard case .reply(let opened) = session.next(inFlight: 0, isDraining: false),
      case .reply(let ping) = session.next(inFlight: 0, isDraining: false)
    else {
      Issue.record("expected two answers")
      return
    }
    #expect(try response(opened) == WireResponse(kind: .authorise, id: 1))
    #expect(try response(ping) == WireResponse(kind: .ping, id: 2))
    #expect(session.isAdmitted)
  }

  @Test(arguments: ["0123456789abcdeg", "0123456789abcde", "", String(repeating: "x", count: 1024)])
  func anotherTokenEndsTheConnection(token: String) throws {
    var session = try session()
    session.append(authorise(token))
    guard case .end(let reply) = session.next(inFlight: 0, isDraining: false) else {
      Issue.record("expected the end")
      return
    }
    #expect(try response(reply).status == .notAuthorised)
    #expect(try response(reply).kind == .authorise)
    #expect(!session.isAdmitted)
  }

  @Test(arguments: [WireKind.infer, .ping, .describe])
  func anythingElseFirstEndsTheConnection(kind: WireKind) throws {
    var session = try session()
    session.append(WireRequest(kind: kind, id: 9).encoded())
    guard case .end(let reply) = session.next(inFlight: 0, isDraining: false) else {
      Issue.record("expected the end")
      return
    }
    let response = try response(reply)
    #expect(response.status == .notAuthorised)
    #expect(response.id == 9)
    #expect(response.kind == kind)
  }

  /// A stranger cannot make the server keep more than a token's length.
  @Test func aStrangersFrameIsBoundedBeforeItIsRead() throws {
    var session = try session()
    session.append(ByteBuffer(integer: UInt32(16 + 1025), endianness: .little))
    guard case .end(let reply) = session.next(inFlight: 0, isDraining: false) else {
      Issue.record("expected the end")
      return
    }
    #expect(try response(reply).status == .notAuthorised)
    #expect(!session.hasPartialRequest)
  }

  @Test func aServerThatAsksNobodyTakesAnyToken() throws {
    let input = try #require(ServedInput(EchoBackend().description))
    var session = WireSession(
      input: input, source: { input }, maximumInFlight: 2, maximumFrameLength: 16 << 20)
    session.append(authorise("whatever"))
    guard case .reply(let reply) = session.next(inFlight: 0, isDraining: false) else {
      Issue.record("expected an answer")
      return
    }
    #expect(try response(reply).status == .ok)
  }
}

/// Both ends, and a stranger's socket.
@Suite(.timeLimit(.minutes(1))) struct AuthorisedServerTests {
  private func server(
    _ configure: (inout HIServerConfiguration) -> Void = { _ in }
  ) async throws -> HIServer {
    var configuration = HIServerConfiguration()
    configuration.scheduling.workers = 1
    configuration.tokens = try WireAuthorisationTests.tokens()
    configure(&configuration)
    return try await HIServer.start(backend: EchoBackend(), configuration: configuration)
  }

  private func client(_ server: HIServer, token: String?) throws -> WireRemoteModel {
    var configuration = WireClientConfiguration()
    configuration.token = try token.map { try BearerToken($0, source: "test") }
    return WireRemoteModel(endpoint: server.endpoint, configuration: configuration)
  }

  @Test func theClientShowsItsTokenFirst() async throws {
    let server = try await server()
    let client = try client(server, token: WireAuthorisationTests.token)
    let answer = try await client.classify(EchoBackend.sample(4), deadline: .seconds(20))
    #expect(answer.prediction == 4)
    #expect(await client.statistics().connections == 1)
    await client.close()
    await server.shutdown(drain: .seconds(5))
  }

  @Test(arguments: [nil, "0123456789abcdeF"])
  func aClientWithoutTheTokenIsNotAuthorised(token: String?) async throws {
    let server = try await server()
    let client = try client(server, token: token)
    // The later ones while no connection is to be had too.
    for _ in 0..<20 {
      await #expect(throws: OffloadError.notAuthorised) {
        try await client.classify(EchoBackend.sample(4), deadline: .seconds(20))
      }
    }
    await client.close()
    await server.shutdown(drain: .seconds(5))
    #expect(server.counts.accepted == 0)
    #expect(server.counts.answered[.notAuthorised] ?? 0 > 0)
  }

  /// A stranger who says nothing, or a little again and again, is not kept.
  @Test(arguments: [[], [16, 0, 0]] as [[UInt8]])
  func aStrangerIsGivenOnlySoLong(bytes: [UInt8]) async throws {
    let server = try await server { $0.admissionTimeout = .milliseconds(50) }
    let port = server.port
    let rest = try await onThread {
      let socket = try BlockingSocket(port: port)
      defer { socket.close() }
      socket.send(bytes)
      return socket.receiveToEnd()
    }
    #expect(rest == [])
    await server.shutdown(drain: .seconds(5))
  }
}
