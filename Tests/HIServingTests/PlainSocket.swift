import HITransport
import NIOCore
import Testing

@testable import HIServing

/// A server for a plain blocking socket, and what that sends and reads by hand.
enum PlainSocket {
  static func infer(_ first: UInt8, id: UInt32, milliseconds: UInt32 = 0) -> [UInt8] {
    [32, 0, 0, 0, 1, 1, 0, 0] + id.littleEndianBytes + milliseconds.littleEndianBytes
      + [1, 3, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, first, 0, 0, 0]
  }

  static func read(_ frame: [UInt8]?) throws -> WireResponse {
    try WireResponse(frame: ByteBuffer(bytes: try #require(frame)))
  }

  /// Lends a server with one worker, and shuts it down.
  static func withServer(
    backend: any InferenceBackend = EchoBackend(),
    configure: (inout HIServerConfiguration) -> Void = { _ in },
    _ body: (HIServer) async throws -> Void
  ) async throws {
    var configuration = HIServerConfiguration()
    configuration.workers = 1
    configure(&configuration)
    let server = try await HIServer.start(backend: backend, configuration: configuration)
    do {
      try await body(server)
    } catch {
      await server.shutdown(drain: .seconds(5))
      throw error
    }
    await server.shutdown(drain: .seconds(5))
  }
}

extension UInt32 {
  var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}
