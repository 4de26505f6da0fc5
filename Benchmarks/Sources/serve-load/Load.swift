#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Many connections in one thread, and how long each request took.
struct Load {
  /// What came of it; times in milliseconds.
  struct Result: Encodable {
    let answered: Int
    let failed: Int
    let perSecond: Double
    let p50Ms: Double
    let p99Ms: Double
    /// The load's own processor time, in cores.
    let clientCores: Double
  }

  enum Failure: Error, CustomStringConvertible {
    case cannotConnect(port: UInt16)
    case closed
    case behind

    var description: String {
      switch self {
      case .cannotConnect(let port): "nobody listens on port \(port); start the server first."
      case .closed: "the server closed a connection; look at its log."
      case .behind: "the server is a thousand requests behind the offered rate; offer less."
      }
    }
  }

  private struct Connection {
    let descriptor: Int32
    var conversation: any Conversation
    var outbox: [UInt8]
    var sent = 0
    /// When the request came that it waits for; nil while it is free.
    var since: UInt64?

    /// Sends what the socket takes.
    mutating func flush() throws {
      while sent < outbox.count {
        let count = outbox.withUnsafeBytes {
          send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, sendFlags)
        }
        guard count >= 0 else {
          if errno == EAGAIN || errno == EINTR { return }
          throw Failure.closed
        }
        sent += count
      }
      outbox.removeAll(keepingCapacity: true)
      sent = 0
    }

    /// Whether the request is answered, and well; nil while it is not.
    mutating func receive(_ bytes: ArraySlice<UInt8>) -> Bool? {
      var reply: [UInt8] = []
      let outcome = conversation.received(bytes, reply: &reply)
      outbox += reply
      return outcome
    }
  }

  private var connections: [Connection]
  private let rate: Double?
  private var random = SystemRandomNumberGenerator()

  init(
    speech: Speech, port: UInt16, connections count: Int, request: [UInt8], rate: Double?
  ) throws {
    self.rate = rate
    connections = try (0..<count).map { _ in
      let conversation = speech.conversation(request: request, port: port)
      return Connection(
        descriptor: try Self.connect(port), conversation: conversation,
        outbox: conversation.opening)
    }
  }

  mutating func run(seconds: Double) throws -> Result {
    let start = Self.now
    let counted = start + UInt64(seconds * 0.25e9)
    let end = start + UInt64(seconds * 1e9)
    var nextArrival = start
    var arrivals: [UInt64] = []
    var taken = 0
    var latencies: [UInt32] = []
    var failed = 0
    var processor: Double?
    var buffer = [UInt8](repeating: 0, count: 1 << 16)

    while true {
      let now = Self.now
      if now >= end { break }
      if processor == nil, now >= counted { processor = Self.processorSeconds }
      if let rate {
        while nextArrival <= now {
          arrivals.append(nextArrival)
          nextArrival += pause(rate)
        }
        guard arrivals.count - taken < 1000 else { throw Failure.behind }
      }
      for index in connections.indices where connections[index].since == nil {
        if rate != nil {
          guard taken < arrivals.count else { break }
          connections[index].since = arrivals[taken]
          taken += 1
        } else {
          connections[index].since = now
        }
        connections[index].outbox += connections[index].conversation.nextRequest()
      }
      for index in connections.indices { try connections[index].flush() }
      let readable = wait(until: rate == nil ? end : min(end, nextArrival))
      for index in connections.indices where readable.contains(connections[index].descriptor) {
        let count = recv(connections[index].descriptor, &buffer, buffer.count, receiveFlags)
        guard count > 0 else {
          if count < 0, errno == EAGAIN || errno == EINTR { continue }
          throw Failure.closed
        }
        guard let isGood = connections[index].receive(buffer[..<count]) else { continue }
        let done = Self.now
        if let since = connections[index].since, done >= counted {
          if isGood {
            latencies.append(UInt32(clamping: (done - since) / 1000))
          } else {
            failed += 1
          }
        }
        connections[index].since = nil
      }
    }
    let span = Double(Self.now - counted) / 1e9
    let used = Self.processorSeconds - (processor ?? 0)
    for connection in connections { close(connection.descriptor) }
    latencies.sort()
    func quantile(_ share: Double) -> Double {
      let place = min(latencies.count - 1, Int(share * Double(latencies.count)))
      return latencies.isEmpty ? 0 : Double(latencies[place]) / 1000
    }
    return Result(
      answered: latencies.count, failed: failed, perSecond: Double(latencies.count) / span,
      p50Ms: quantile(0.5), p99Ms: quantile(0.99), clientCores: used / span)
  }

  /// Until the next request, at random times: nanoseconds of an exponential distribution.
  private mutating func pause(_ rate: Double) -> UInt64 {
    let share = Double.random(in: .leastNonzeroMagnitude...1, using: &random)
    return UInt64(-log(share) / rate * 1e9)
  }

  private static func connect(_ port: UInt16) throws -> Int32 {
    #if os(Linux)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        systemConnect(descriptor, $0, size)
      }
    }
    guard status == 0 else { throw Failure.cannotConnect(port: port) }
    var one: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }

  /// Waits until a connection can be read, or written where something is left for it.
  ///
  /// - Returns: the descriptors that can be read.
  private func wait(until time: UInt64) -> FileDescriptors {
    let now = Self.now
    let left = time > now ? (time - now) / 1000 : 0
    var limit = timeval(tv_sec: Int(left / 1_000_000), tv_usec: .init(left % 1_000_000))
    var readable = FileDescriptors()
    var writable = FileDescriptors()
    var highest: Int32 = 0
    for connection in connections {
      readable.insert(connection.descriptor)
      if !connection.outbox.isEmpty { writable.insert(connection.descriptor) }
      highest = max(highest, connection.descriptor)
    }
    let count = select(highest + 1, &readable.set, &writable.set, nil, &limit)
    return count > 0 ? readable : FileDescriptors()
  }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// A set of descriptors as `select` takes it.
private struct FileDescriptors {
  var set = fd_set()

  mutating func insert(_ descriptor: Int32) {
    withUnsafeMutableBytes(of: &set) { $0[Int(descriptor) / 8] |= 1 << (descriptor % 8) }
  }

  func contains(_ descriptor: Int32) -> Bool {
    withUnsafeBytes(of: set) { $0[Int(descriptor) / 8] & 1 << (descriptor % 8) != 0 }
  }
}

private let receiveFlags = Int32(MSG_DONTWAIT)
#if os(Linux)
  private let sendFlags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
#else
  private let sendFlags = Int32(MSG_DONTWAIT)
#endif

private func systemConnect(
  _ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
) -> Int32 {
  connect(descriptor, address, size)
}
