internal import Foundation
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// A server on loopback that does with each connection what a test says, on a thread of its own.
public final class ScriptedServer: Sendable {
  /// The port it listens on.
  public let port: Int
  private let descriptor: Int32
  private let sockets = Mutex<[BlockingSocket]>([])

  /// Listens and runs the script once a connection; the number counts connections from 0.
  public init(
    port wanted: Int = 0,
    script: @escaping @Sendable (_ socket: BlockingSocket, _ number: Int) -> Void
  ) throws(SocketFailure) {
    let descriptor = BlockingSocket.make()
    var one: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = BlockingSocket.loopback(wanted)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 128) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard bound else { throw SocketFailure(call: "bind", code: errno) }
    self.descriptor = descriptor
    self.port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      var number = 0
      while true {
        let accepted = accept(descriptor, nil, nil)
        // Closed by the thread that uses it, or it could go on with the number's next owner.
        guard accepted >= 0 else {
          _ = BlockingSocket.closeDescriptor(descriptor)
          return
        }
        let socket = BlockingSocket(descriptor: accepted)
        sockets.withLock { $0.append(socket) }
        let this = number
        Thread.detachNewThread { script(socket, this) }
        number += 1
      }
    }
  }

  /// Listens no more and shuts what it has accepted down.
  public func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    for socket in sockets.withLock({ $0 }) { socket.interrupt() }
  }
}

/// Runs blocking code on a thread of its own, since blocking one of Swift's own threads could stop
/// the very task that is waited for.
public func onThread<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}
