/// Where a model is served by the Open Inference Protocol, and which one it is.
///
///     try OpenInferenceEndpoint("http://127.0.0.1:8000/fashion-remote")
///     try OpenInferenceEndpoint("https://models.example/v2/models/resnet/versions/3")
///     try OpenInferenceEndpoint("grpc://127.0.0.1:8001/fashion-remote")
///
/// The path is a model's name, `NAME/VERSION`, or the model's path in the protocol; a space in a name is
/// written `%20` and a slash `%2F`. Without a path the server has to have a single model.
public struct OpenInferenceEndpoint: Sendable, Hashable {
  /// How the server is spoken to.
  public enum Scheme: String, Sendable, CaseIterable {
    /// REST.
    case http
    /// REST over TLS.
    case https
    /// gRPC.
    case grpc
    /// gRPC over TLS.
    case grpcs

    /// Whether what is sent is encrypted.
    public var isEncrypted: Bool { self == .https || self == .grpcs }

    /// Its port where a URL has none.
    var port: Int {
      switch self {
      case .http: 80
      case .https: 443
      case .grpc, .grpcs: 8001
      }
    }
  }

  /// How the server is spoken to.
  public let scheme: Scheme
  /// The host's name or address, an IPv6 address without its brackets.
  public let host: String
  /// The TCP port.
  public let port: Int
  /// The model's name; nil for the server's only one.
  public let model: String?
  /// The model's version; nil for the server's choice.
  public let version: String?

  /// Whether a URL's scheme is one of the protocol's.
  public static func isSchemeKnown(of text: String) -> Bool {
    Scheme.allCases.contains { text.hasPrefix("\($0.rawValue)://") }
  }

  /// Reads a URL.
  ///
  /// - Throws: ``OpenInferenceEndpointError``.
  public init(_ text: String) throws(OpenInferenceEndpointError) {
    func wrong(_ reason: String) -> OpenInferenceEndpointError {
      OpenInferenceEndpointError(text: text, reason: reason)
    }
    guard let end = text.firstRange(of: "://"),
      let scheme = Scheme(rawValue: String(text[..<end.lowerBound]))
    else { throw wrong("has none of the schemes http, https, grpc and grpcs") }
    let rest = text[end.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains(where: { "?#@ ".contains($0) }),
      !rest.contains(where: { "?#".contains($0) })
    else { throw wrong("has a part that is not a host, a port or a model's name") }

    var host = authority
    var port = scheme.port
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      let digits = authority[authority.index(after: colon)...]
      guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits),
        (1...65535).contains(number)
      else { throw wrong("has the port \"\(digits)\", expected 1 to 65535") }
      port = number
      host = authority[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.contains(where: { "[]".contains($0) }),
      !host.contains(":") || authority.hasPrefix("[")
    else { throw wrong("has no valid host") }

    var path = rest.dropFirst(authority.count).split(separator: "/").map(String.init)
    if path.first == "v2" {
      guard path.count >= 3, path[1] == "models" else {
        throw wrong("has a path that is not v2/models/NAME")
      }
      path.removeFirst(2)
      if path.count >= 2, path[1] == "versions" { path.remove(at: 1) }
    }
    guard path.count <= 2 else { throw wrong("has a path that is not NAME or NAME/VERSION") }
    var names: [String] = []
    for segment in path {
      guard let name = PathSegment.decoded(segment) else {
        throw wrong("has a % that begins no character, which is written %25")
      }
      names.append(name)
    }
    self.scheme = scheme
    self.host = String(host)
    self.port = port
    model = names.first
    version = names.count == 2 ? names[1] : nil
  }
}

extension OpenInferenceEndpoint: CustomStringConvertible {
  /// The URL.
  public var description: String {
    ([base] + [model, version].compactMap { $0.map(PathSegment.encoded) }).joined(separator: "/")
  }

  /// The URL without a model.
  var base: String {
    "\(scheme.rawValue)://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
  }
}

/// Why a text is no endpoint of the Open Inference Protocol.
public struct OpenInferenceEndpointError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was given.
  public let text: String
  /// What is wrong with it.
  public let reason: String

  /// One sentence: what is wrong and what to do.
  public var description: String {
    "The remote URL '\(text)' \(reason): write it like http://127.0.0.1:8000/MODEL or "
      + "grpc://127.0.0.1:8001/MODEL."
  }
}
