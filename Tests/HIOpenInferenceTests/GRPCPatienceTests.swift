#if OpenInference
  import Foundation
  import HIServing
  import NIOCore
  import NIOEmbedded
  import SocketPeers
  import TestCertificates
  import Testing

  @testable import HIOpenInference

  @Suite("Patience with gRPC connections that have no call")
  struct GRPCPatienceTests {
    /// A connection whose time a test moves on: idle for 100 seconds, stuck for 10.
    private struct Connection {
      let channel = EmbeddedChannel()
      let patience: GRPCPatience
      let watcher = Watcher()

      init() throws {
        patience = GRPCPatience(stallLimit: .seconds(10), idleLimit: .seconds(100))
        try channel.pipeline.syncOperations.addHandlers(patience, watcher)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.writeInbound(ByteBuffer(bytes: GRPCPatienceTests.preface))
      }

      func wait(seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

      func endCall() { patience.callEnded(at: channel.embeddedEventLoop.now) }
    }

    /// Counts how often the client was told to open no more calls.
    private final class Watcher: ChannelInboundHandler {
      typealias InboundIn = Any
      private(set) var farewells = 0

      func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { farewells += 1 }
        context.fireUserInboundEventTriggered(event)
      }
    }

    @Test("After the limit the client is told, and later cut off if it stays")
    func idleConnectionsEnd() throws {
      let connection = try Connection()
      connection.wait(seconds: 99)
      #expect(connection.watcher.farewells == 0)
      connection.wait(seconds: 1)
      #expect(connection.watcher.farewells == 1)
      connection.wait(seconds: 9)
      #expect(connection.channel.isActive)
      connection.wait(seconds: 1)
      #expect(!connection.channel.isActive)
    }

    @Test("A connection with a call is not idle, however long the call takes")
    func callsKeepTheirConnection() throws {
      let connection = try Connection()
      connection.wait(seconds: 50)
      connection.patience.callBegan()
      connection.patience.callBegan()
      connection.wait(seconds: 1_000)
      connection.endCall()
      connection.wait(seconds: 1_000)
      #expect(connection.watcher.farewells == 0)
      connection.endCall()
      // From the last call's end on, not from when the timer happened to look.
      connection.wait(seconds: 99)
      #expect(connection.watcher.farewells == 0)
      connection.wait(seconds: 1)
      #expect(connection.watcher.farewells == 1)
      _ = try connection.channel.finish()
    }

    @Test("A call that came with the farewell is let finish")
    func lateCallsAreFinished() throws {
      let connection = try Connection()
      connection.wait(seconds: 100)
      connection.patience.callBegan()
      connection.wait(seconds: 500)
      #expect(connection.channel.isActive)
      connection.endCall()
      connection.wait(seconds: 110)
      #expect(!connection.channel.isActive)
    }

    @Test("A frame has its own time, also where reads end within the next one")
    func framesThatKeepComingAreNoStall() throws {
      let connection = try Connection()
      func send(_ bytes: [UInt8]) throws {
        try connection.channel.writeInbound(ByteBuffer(bytes: bytes))
      }
      let frame: [UInt8] = [0, 0, 2, 0, 0, 0, 0, 0, 1, 7, 7]
      connection.patience.callBegan()
      try send(Array(frame.prefix(10)))
      for _ in 0..<5 {
        connection.wait(seconds: 6)
        try send(frame.suffix(1) + frame.prefix(10))
      }
      #expect(connection.channel.isActive)
      connection.wait(seconds: 15)
      #expect(!connection.channel.isActive)
    }

    @Test("Over a socket: a peer that says its preface and nothing more is closed")
    func aPeerWithoutCallsIsClosed() async throws {
      try await withServer(
        configure: {
          $0.idleTimeout = .milliseconds(50)
          $0.stallTimeout = .milliseconds(50)
        },
        { server in
          let port = try #require(server.grpcPort)
          let rest = try await onThread {
            let socket = try BlockingSocket(port: port)
            defer { socket.close() }
            socket.send(Self.preface)
            return socket.receiveToEnd()
          }
          // A GOAWAY frame, type 7, was among what it was sent.
          let frames = try #require(rest).frameTypes
          #expect(frames.contains(7))
        })
    }

    @Test("Over TLS: the same, to a peer that is openssl")
    func aPeerWithoutCallsIsClosedOverTLS() async throws {
      let files = try TestCertificates()
      let tls = try ServerTLS(certificate: files.certificate("server"), key: files.key("server"))
      try await withServer(
        configure: {
          $0.tls = tls
          $0.idleTimeout = .milliseconds(50)
          // The handshake is cut off after it.
          $0.stallTimeout = .seconds(5)
        },
        { server in
          let port = try #require(server.grpcPort)
          let received = try await onThread {
            let peer = Process()
            let (input, output) = (Pipe(), Pipe())
            peer.executableURL = URL(filePath: "/usr/bin/env")
            peer.arguments = [
              "openssl", "s_client", "-quiet", "-alpn", "h2", "-connect", "127.0.0.1:\(port)",
            ]
            peer.standardInput = input
            peer.standardOutput = output
            peer.standardError = FileHandle.nullDevice
            try peer.run()
            try input.fileHandleForWriting.write(contentsOf: Self.preface)
            let received = output.fileHandleForReading.readDataToEndOfFile()
            peer.waitUntilExit()
            return Array(received)
          }
          #expect(received.frameTypes.contains(7))
        })
    }

    @Test(
      "Over a socket: one connection too many is closed at once, and its place comes free again")
    func connectionsAreCounted() async throws {
      try await withServer(configure: { $0.maximumConnections = 1 }) { server in
        let port = try #require(server.grpcPort)
        try await onThread {
          func isLetIn(_ socket: BlockingSocket) -> Bool {
            // What the server says first is its SETTINGS frame.
            socket.send(Self.preface) && socket.receive(exactly: 9) != nil
          }
          let first = try BlockingSocket(port: port)
          #expect(isLetIn(first))
          for _ in 0..<5 {
            let second = try BlockingSocket(port: port)
            #expect(!isLetIn(second))
            second.close()
          }
          first.close()
          // The server hears of the end when it does.
          var tries = 0
          while tries < 10_000 {
            let next = try BlockingSocket(port: port)
            defer { next.close() }
            if isLetIn(next) { break }
            tries += 1
          }
          #expect(tries < 10_000)
        }
      }
    }

    private static let preface =
      Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
  }

  extension [UInt8] {
    /// The types of HTTP/2's frames.
    fileprivate var frameTypes: [UInt8] {
      var types: [UInt8] = []
      var rest = self[...]
      while rest.count >= 9 {
        let head = Array(rest.prefix(9))
        types.append(head[3])
        rest = rest.dropFirst(9 + (Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])))
      }
      return types
    }
  }
#endif
