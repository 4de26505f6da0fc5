internal import Foundation

/// A TCP connection to an instrument, made within a deadline.
enum InstrumentConnection {
  /// Connects to the first of the host's addresses that answers.
  ///
  /// Numeric addresses are taken as they are; a name is looked up with the system's own time-out.
  /// - Returns: a descriptor that does not block, the caller's to close.
  static func open(host: String, port: Int, within limit: Duration) throws(MeterError) -> Int32 {
    let deadline = ContinuousClock.now + limit
    let instrument = InstrumentAddress.tcp(host: host, port: port).description
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0 else {
      throw .cannotConnect(instrument: instrument, reason: String(cString: gai_strerror(code)))
    }
    var reason = "the host has no address"
    var next = list
    while let entry = next?.pointee {
      let descriptor = socket(entry.ai_family, entry.ai_socktype, entry.ai_protocol)
      if descriptor >= 0 {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let failure = connect(descriptor, entry, until: deadline)
        guard let failure else { return descriptor }
        close(descriptor)
        reason = failure
      }
      next = entry.ai_next
    }
    throw .cannotConnect(instrument: instrument, reason: reason)
  }

  /// Why the connection was not made, nil where it was.
  private static func connect(
    _ descriptor: Int32, _ entry: addrinfo, until deadline: ContinuousClock.Instant
  ) -> String? {
    if Foundation.connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 { return nil }
    guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
    guard Readiness.wait(descriptor, for: POLLOUT, until: deadline) else { return "no answer" }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    return code == 0 ? nil : String(cString: strerror(code))
  }
}

/// Waits for a descriptor.
enum Readiness {
  /// Whether the descriptor became ready, or failed, before the deadline.
  static func wait(
    _ descriptor: Int32, for events: some BinaryInteger, until deadline: ContinuousClock.Instant
  ) -> Bool {
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return false }
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = poll(&entry, 1, Int32(min(left.rounded(.up), 60_000)))
      if count > 0 { return true }
      if count < 0 && errno != EINTR { return true }
    }
  }
}
