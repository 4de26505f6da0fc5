internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// A blocking TCP socket on loopback, without any of the code that it tests.
///
/// Reads give up after 20 seconds, so that a test that waits in vain fails rather than hangs.
public struct BlockingSocket: Sendable {
  let descriptor: Int32
  /// Whether it was closed: the system gives a closed descriptor's number to the next socket.
  private let isClosed = Closing()

  /// Connects to a port of this machine.
  public init(port: Int) throws(SocketFailure) {
    let descriptor = Self.make()
    var address = Self.loopback(port)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      let failure = SocketFailure(call: "connect", code: errno)
      _ = Self.closeDescriptor(descriptor)
      throw failure
    }
    self.init(descriptor: descriptor)
  }

  init(descriptor: Int32) {
    self.descriptor = descriptor
    var one: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  /// Writes all bytes; false where the peer has gone or reads nothing for 20 seconds.
  @discardableResult
  public func send(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    return bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        let count = Self.write(
          descriptor, UnsafeRawBufferPointer(rebasing: buffer[sent...]))
        // With a time-out set, a signal to the process ends the call early.
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// Reads exactly so many bytes; nil where the peer ends before, or says nothing.
  public func receive(exactly count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let complete = bytes.withUnsafeMutableBytes { buffer in
      var received = 0
      while received < count {
        let result = recv(
          descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[received...]).baseAddress,
          count - received, 0)
        if result < 0 && errno == EINTR { continue }
        guard result > 0 else { return false }
        received += result
      }
      return true
    }
    return complete ? bytes : nil
  }

  /// Reads until the peer ends, and gives what came; nil where it does not end in 20 seconds.
  public func receiveToEnd() -> [UInt8]? {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0 && errno == EINTR { continue }
      if count == 0 || (count < 0 && errno == ECONNRESET) { return all }
      guard count > 0 else { return nil }
      all += chunk[..<count]
    }
  }

  /// Reads one length-prefixed little-endian frame and gives it without its length.
  public func receiveFrame() -> [UInt8]? {
    guard let prefix = receive(exactly: 4) else { return nil }
    let length = prefix.reversed().reduce(0) { $0 << 8 | Int($1) }
    return receive(exactly: length)
  }

  /// Says that nothing more will be sent.
  public func finishSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Ends both directions, so that a thread which reads or writes it comes back. Close it only then:
  /// the system gives a closed descriptor's number to the next socket, and the thread would go on there.
  public func interrupt() {
    isClosed.state.withLock { if !$0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
  }

  /// Closes in the ordinary way.
  public func close() {
    isClosed.state.withLock { isClosed in
      if !isClosed { _ = Self.closeDescriptor(descriptor) }
      isClosed = true
    }
  }

  private final class Closing: Sendable {
    let state = Mutex(false)
  }

  /// Closes with a reset, as a killed machine's kernel does.
  public func cut() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    close()
  }

  /// Makes what the kernel keeps for reading small, so that a peer's writes soon find it full.
  public func shrinkReceiveBuffer() {
    var size: Int32 = 4096
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
  }
}

/// A system call on a socket that failed.
public struct SocketFailure: Error, Equatable {
  /// The call's name.
  public let call: String
  /// Its `errno`.
  public let code: Int32
}

extension BlockingSocket {
  static func make() -> Int32 {
    #if canImport(Glibc)
      socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
    #elseif canImport(Musl)
      Musl.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #else
      Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #endif
  }

  static func closeDescriptor(_ descriptor: Int32) -> Int32 {
    #if canImport(Darwin)
      Darwin.close(descriptor)
    #elseif canImport(Musl)
      Musl.close(descriptor)
    #else
      Glibc.close(descriptor)
    #endif
  }
}
