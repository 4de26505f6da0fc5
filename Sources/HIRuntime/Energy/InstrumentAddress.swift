internal import Foundation

/// Where a bench instrument is: `scpi://HOST:PORT`, or `scpi:///dev/ttyUSB0?baud=9600` on a serial line.
///
///     let address = try InstrumentAddress("scpi://192.168.1.20:5025")
public enum InstrumentAddress: Sendable, Equatable {
  /// Over TCP; 5025 is the usual port.
  case tcp(host: String, port: Int)
  /// On a serial line: 8 data bits, no parity, 1 stop bit.
  case serial(device: String, baud: Int)

  /// Reads an address.
  ///
  /// - Throws: ``MeterError/badAddress(_:)``.
  public init(_ text: String) throws(MeterError) {
    guard text.hasPrefix("scpi://"), let parts = URLComponents(string: text) else {
      throw .badAddress(text)
    }
    if let host = parts.host, !host.isEmpty {
      guard let port = parts.port, (1...65535).contains(port), ["", "/"].contains(parts.path) else {
        throw .badAddress(text)
      }
      let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
      self = .tcp(host: bare, port: port)
    } else {
      guard parts.path.hasPrefix("/"), parts.path.count > 1 else { throw .badAddress(text) }
      let baud = parts.queryItems?.first { $0.name == "baud" }?.value ?? "9600"
      guard let rate = Int(baud), SerialLine.speed(baud: rate) != nil else {
        throw .badAddress(text)
      }
      self = .serial(device: parts.path, baud: rate)
    }
  }
}

extension InstrumentAddress: CustomStringConvertible {
  /// The host and port, or the device.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .serial(let device, _): device
    }
  }
}
