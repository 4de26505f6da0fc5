internal import Foundation
internal import Synchronization

/// A line to an instrument: one query at a time, one line of text as its answer.
final class InstrumentLine: Sendable {
  let name: String
  private let descriptor: Int32
  private let isSocket: Bool
  /// What came and was not read as a line yet; held while a query is under way.
  private let received = Mutex<[UInt8]>([])

  /// The longest answer, in bytes.
  private static let limit = 4096

  init(_ address: InstrumentAddress, within limit: Duration) throws(MeterError) {
    name = address.description
    switch address {
    case .tcp(let host, let port):
      descriptor = try InstrumentConnection.open(host: host, port: port, within: limit)
      isSocket = true
    case .serial(let device, let baud):
      descriptor = try SerialLine.open(device: device, baud: baud)
      isSocket = false
    }
  }

  deinit { close(descriptor) }

  /// Sends a query and gives the line that answers it, without the line's end.
  func ask(_ query: String, within limit: Duration) throws(MeterError) -> String {
    try received.withLock { received throws(MeterError) in
      let deadline = ContinuousClock.now + limit
      // What an earlier query's answer left behind is no answer to this one.
      received.removeAll(keepingCapacity: true)
      var stale: [UInt8] = []
      _ = read(into: &stale)
      try send(Array((query + "\n").utf8), query: query, until: deadline, limit: limit)
      while true {
        if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
          return String(decoding: received[..<end], as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard received.count <= Self.limit else {
          throw .garbage(
            instrument: name, asked: query,
            found: "more than \(Self.limit) bytes without a line end")
        }
        guard Readiness.wait(descriptor, for: POLLIN, until: deadline) else {
          throw .noAnswer(
            instrument: name, asked: query, milliseconds: limit / .milliseconds(1))
        }
        guard read(into: &received) else { throw .disconnected(instrument: name, asked: query) }
      }
    }
  }

  private func send(
    _ bytes: [UInt8], query: String, until deadline: ContinuousClock.Instant, limit: Duration
  ) throws(MeterError) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
      if count > 0 {
        sent += count
      } else if count < 0 && (errno == EAGAIN || errno == EINTR) {
        guard Readiness.wait(descriptor, for: POLLOUT, until: deadline) else {
          throw .noAnswer(
            instrument: name, asked: query, milliseconds: limit / .milliseconds(1))
        }
      } else {
        throw .disconnected(instrument: name, asked: query)
      }
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    // A socket whose peer has gone would end the process with a signal.
    #if canImport(Darwin)
      return Foundation.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      return isSocket
        ? Foundation.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        : Foundation.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  /// Reads what is there; false where the line has ended.
  private func read(into bytes: inout [UInt8]) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1024)
    let count = Foundation.read(descriptor, &chunk, chunk.count)
    if count > 0 { bytes += chunk[..<count] }
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
  }
}
