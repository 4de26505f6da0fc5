import CThreadPlacement
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The floor that the wire protocol is measured against: one thread that reads so many bytes from a
/// blocking socket and writes so many back, and one that does the opposite and waits.
final class BareEcho {
  private let client: Int32
  private var request: [UInt8]
  private var response: [UInt8]

  /// - Parameter work: how long the answering thread computes before it answers; after a millisecond
  ///   of it caches are cold and the waiting thread's core may sleep, which any protocol pays for.
  init(requestBytes: Int, responseBytes: Int, work: Duration = .zero) {
    let listener = Self.makeSocket()
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let client = Self.makeSocket()
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(bind(listener, $0, size) == 0 && listen(listener, 1) == 0)
        precondition(getsockname(listener, $0, &size) == 0)
        precondition(connect(client, $0, size) == 0)
      }
    }
    let server = accept(listener, nil, nil)
    precondition(server >= 0)
    for descriptor in [client, server] {
      var one: Int32 = 1
      setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    self.client = client
    request = Array(repeating: 1, count: requestBytes)
    response = Array(repeating: 2, count: responseBytes)
    let named = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      hi_name_thread("echo")
      named.signal()
      var request = [UInt8](repeating: 0, count: requestBytes)
      let response = [UInt8](repeating: 2, count: responseBytes)
      let clock = ContinuousClock()
      while Self.fill(&request, from: server) {
        let end = clock.now + work
        while work > .zero, clock.now < end {}
        guard Self.drain(response, to: server) else { return }
      }
    }
    named.wait()
  }

  /// One round trip.
  func roundTrip() {
    precondition(Self.drain(request, to: client) && Self.fill(&response, from: client))
  }

  private static func makeSocket() -> Int32 {
    #if canImport(Glibc)
      socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  private static func fill(_ bytes: inout [UInt8], from descriptor: Int32) -> Bool {
    bytes.withUnsafeMutableBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = recv(descriptor, buffer.baseAddress! + done, buffer.count - done, 0)
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }

  private static func drain(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = send(descriptor, buffer.baseAddress! + done, buffer.count - done, 0)
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }
}
