internal import HIData

/// A file of tokens, one a line; blank lines and lines that begin with `#` do not count.
///
/// A server takes any of them, so that a new one can be handed out before an old one is withdrawn. A
/// client sends the first.
public enum TokenFile {
  /// Reads a file's tokens; there is at least one.
  public static func tokens(at path: String) throws(BearerTokenError) -> [BearerToken] {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path)
    } catch {
      throw .unreadable(reason: error.description)
    }
    return try tokens(in: String(decoding: bytes, as: UTF8.self), source: path)
  }

  /// Reads a text's tokens; there is at least one.
  ///
  /// - Parameters:
  ///   - text: one token a line.
  ///   - source: where the text comes from, for the error's sentence.
  public static func tokens(
    in text: String, source: String
  ) throws(BearerTokenError) -> [BearerToken] {
    var tokens: [BearerToken] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.drop(while: \.isWhitespace)
      guard let last = line.lastIndex(where: { !$0.isWhitespace }), !line.hasPrefix("#") else {
        continue
      }
      tokens.append(try BearerToken(line[...last], source: source))
    }
    guard !tokens.isEmpty else { throw .none(source: source) }
    return tokens
  }
}
