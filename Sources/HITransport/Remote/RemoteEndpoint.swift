/// Where a remote model is: `hi://HOST:PORT`, or `his://HOST:PORT` for the same over TLS.
///
///     let endpoint = try RemoteEndpoint("hi://127.0.0.1:9000")
///     let byName = try RemoteEndpoint("hi://[::1]:9000")
public struct RemoteEndpoint: Sendable, Hashable {
  /// The host's name or address, an IPv6 address without its brackets.
  public let host: String
  /// The TCP port, 1 to 65535.
  public let port: Int
  /// Whether the connection is encrypted: the scheme is `his`.
  public let isEncrypted: Bool

  /// Reads an endpoint from a URL.
  public init(_ text: String) throws(RemoteEndpointError) {
    guard let schemeEnd = text.firstRange(of: "://") else { throw .noScheme(text) }
    let scheme = text[..<schemeEnd.lowerBound]
    guard scheme == "hi" || scheme == "his" else {
      throw .unknownScheme(text, scheme: String(scheme))
    }
    var rest = text[schemeEnd.upperBound...]
    if rest.hasSuffix("/") { rest.removeLast() }

    let host: Substring
    let portText: Substring
    if rest.hasPrefix("["), let bracket = rest.firstIndex(of: "]") {
      host = rest[rest.index(after: rest.startIndex)..<bracket]
      let after = rest[rest.index(after: bracket)...]
      guard after.hasPrefix(":") else { throw .noPort(text) }
      portText = after.dropFirst()
    } else {
      guard let colon = rest.lastIndex(of: ":") else { throw .noPort(text) }
      host = rest[..<colon]
      portText = rest[rest.index(after: colon)...]
      guard !host.contains(":") else { throw .bareIPv6(text) }
    }
    let strange: Set<Character> = ["/", "?", "#", "@", "[", "]", " "]
    guard !host.isEmpty, !host.contains(where: strange.contains) else { throw .badHost(text) }
    guard !portText.isEmpty, portText.allSatisfy({ $0.isASCII && $0.isWholeNumber }),
      let port = Int(portText), (1...65535).contains(port)
    else { throw .badPort(text, port: String(portText)) }
    self.host = String(host)
    self.port = port
    self.isEncrypted = scheme == "his"
  }

  /// Makes an endpoint of a host and a port from 1 to 65535.
  public init(host: String, port: Int, isEncrypted: Bool = false) {
    self.host = host
    self.port = port
    self.isEncrypted = isEncrypted
  }
}

extension RemoteEndpoint: CustomStringConvertible {
  /// The URL.
  public var description: String {
    (isEncrypted ? "his://" : "hi://") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
  }
}

/// Why a text is no endpoint.
public enum RemoteEndpointError: Error, Sendable, Equatable {
  /// There is no `://`.
  case noScheme(String)
  /// The scheme is neither `hi` nor `his`.
  case unknownScheme(String, scheme: String)
  /// The host is missing or has characters that no host has.
  case badHost(String)
  /// An IPv6 address is not in brackets.
  case bareIPv6(String)
  /// There is no port.
  case noPort(String)
  /// The port is not a number from 1 to 65535.
  case badPort(String, port: String)
}

extension RemoteEndpointError: CustomStringConvertible {
  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    let example = "write it like hi://127.0.0.1:9000"
    return switch self {
    case .noScheme(let text):
      "The remote URL '\(text)' has no scheme: \(example)."
    case .unknownScheme(let text, let scheme):
      "The remote URL '\(text)' has the scheme '\(scheme)', expected 'hi' or 'his': \(example)."
    case .badHost(let text):
      "The remote URL '\(text)' has no valid host: \(example)."
    case .bareIPv6(let text):
      "The remote URL '\(text)' has an IPv6 address without brackets: write it like hi://[::1]:9000."
    case .noPort(let text):
      "The remote URL '\(text)' has no port: \(example)."
    case .badPort(let text, let port):
      "The remote URL '\(text)' has the port '\(port)', expected 1 to 65535: \(example)."
    }
  }
}
