/// A secret that says who may ask: the same token opens the wire protocol, REST and gRPC.
///
/// 16 to 1,024 visible ASCII characters, so that it also fits an HTTP header. Its description hides it,
/// so that it does not get into a log by accident.
public struct BearerToken: Sendable, Hashable {
  /// The characters, for writing to a connection.
  public let characters: String

  /// How many characters a token has.
  public static let lengths = 16...WireProtocol.maximumTokenBytes

  /// Takes a token from a text.
  ///
  /// - Parameters:
  ///   - text: the token, nothing around it.
  ///   - source: where the text comes from, for the error's sentence.
  public init(_ text: some StringProtocol, source: String) throws(BearerTokenError) {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .strangeCharacter(source: source)
    }
    guard Self.lengths.contains(text.utf8.count) else {
      throw .length(source: source, found: text.utf8.count)
    }
    characters = String(text)
  }
}

extension BearerToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Only that it is one.
  public var description: String { "a bearer token" }
  /// Only that it is one.
  public var debugDescription: String { description }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why a text is no token.
public enum BearerTokenError: Error, Sendable, Equatable {
  /// There is no token at all.
  case none(source: String)
  /// It is too short to be a secret, or too long to be sent.
  case length(source: String, found: Int)
  /// It has a blank, a control character or one beyond ASCII.
  case strangeCharacter(source: String)
  /// The file cannot be read; why.
  case unreadable(reason: String)
}

extension BearerTokenError: CustomStringConvertible {
  /// One sentence: what was expected, what was found, what to do. It never has the token in it.
  public var description: String {
    let advice = "make one with `openssl rand -hex 32`"
    return switch self {
    case .none(let source):
      "There is no token in \(source), expected one a line: \(advice)."
    case .length(let source, let found):
      "The token in \(source) has \(found) characters, expected \(BearerToken.lengths.lowerBound) "
        + "to \(BearerToken.lengths.upperBound): \(advice)."
    case .strangeCharacter(let source):
      "The token in \(source) has a blank or a character that is not visible ASCII: \(advice)."
    case .unreadable(let reason): reason
    }
  }
}
