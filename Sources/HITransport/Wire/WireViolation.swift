/// Bytes that are not the HI wire protocol.
public enum WireViolation: Error, Sendable, Hashable {
  /// A length that no frame can have, or that this side does not accept. Nothing after it can be read.
  case frameLength(found: UInt32, minimum: Int, maximum: Int)
  /// Another version of the protocol. Nothing after it can be trusted.
  case version(found: UInt8, id: UInt32)
  /// A request of a kind that version 1 does not have.
  case requestKind(found: UInt8, id: UInt32)
  /// A response whose kind is not a request's plus 128.
  case responseKind(found: UInt8, id: UInt32)
  /// A flag that version 1 does not have, or a reserved field that is not 0.
  case reserved(found: UInt16, id: UInt32)
  /// More dimensions than ``WireProtocol/maximumRank``.
  case rank(found: UInt8, id: UInt32)
  /// A frame that ends before the extensions that its flags announce.
  case extensionsCutShort(bytes: Int, bytesLeft: Int, id: UInt32)
  /// A frame that ends before its dimensions do.
  case dimensionsCutShort(rank: Int, bytesLeft: Int, id: UInt32)
  /// A status that version 1 does not have.
  case status(found: UInt16, id: UInt32)
  /// A message that is not UTF-8.
  case messageNotUTF8(id: UInt32)

  /// The request id of the frame, 0 where the violation comes before it.
  public var id: UInt32 {
    switch self {
    case .frameLength: 0
    case .version(_, let id), .requestKind(_, let id), .responseKind(_, let id),
      .reserved(_, let id), .rank(_, let id), .extensionsCutShort(_, _, let id),
      .dimensionsCutShort(_, _, let id), .status(_, let id), .messageNotUTF8(let id):
      id
    }
  }

  /// Whether the stream can no longer be read, so that the connection has to end.
  ///
  /// The other violations spoil one well-delimited frame: the next one can be fine.
  public var endsConnection: Bool {
    switch self {
    case .frameLength, .version: true
    case .requestKind, .responseKind, .reserved, .rank, .extensionsCutShort, .dimensionsCutShort,
      .status, .messageNotUTF8:
      false
    }
  }
}

extension WireViolation: CustomStringConvertible {
  /// One sentence: what was expected and what was found.
  public var description: String {
    switch self {
    case .frameLength(let found, let minimum, let maximum):
      "The frame length is \(found), expected \(minimum) to \(maximum) bytes."
    case .version(let found, _):
      "The frame is of protocol version \(found), expected version \(WireProtocol.version)."
    case .requestKind(let found, _):
      "The request kind is \(found), expected 1 (infer), 2 (ping), 3 (describe) or 4 (authorise)."
    case .responseKind(let found, _):
      "The response kind is \(found), expected 129 (infer), 130 (ping), 131 (describe) or 132 "
        + "(authorise)."
    case .reserved(let found, _):
      "The request's flags or reserved bytes are \(found), expected flags of 0 to "
        + "\(WireExtensions.Kinds.known.rawValue) and reserved bytes of 0."
    case .rank(let found, _):
      "The sample has \(found) dimensions, expected at most \(WireProtocol.maximumRank)."
    case .extensionsCutShort(let bytes, let bytesLeft, _):
      "The frame has \(bytesLeft) bytes left for what its flags announce, expected \(bytes)."
    case .dimensionsCutShort(let rank, let bytesLeft, _):
      "The frame has \(bytesLeft) bytes left for \(rank) dimensions, expected \(4 * rank)."
    case .status(let found, _):
      "The response status is \(found), expected 0 to 6."
    case .messageNotUTF8(let id):
      "The message of response \(id) is not UTF-8 as expected."
    }
  }
}
