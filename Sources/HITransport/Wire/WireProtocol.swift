/// The numbers of the HI wire protocol, version 1, that both sides share.
///
/// All integers are little-endian. `docs/wire-protocol.md` is the specification.
public enum WireProtocol {
  /// The version that every frame carries.
  public static let version: UInt8 = 1
  /// What a response adds to the kind of its request.
  public static let responseBit: UInt8 = 128
  /// Bytes of the length that goes before every frame; the length does not count itself.
  public static let lengthBytes = 4
  /// Bytes of a request after its length, without dimensions and payload.
  public static let requestHeaderBytes = 16
  /// Bytes of a response after its length, without the message.
  public static let responseHeaderBytes = 20
  /// The most dimensions that a sample can have on the wire.
  public static let maximumRank = 8
  /// The longest frame that a side accepts unless it is told otherwise: 16 MiB, without the length.
  public static let defaultMaximumFrameLength = 16 * 1024 * 1024
  /// The longest token, in bytes.
  public static let maximumTokenBytes = 1024
  /// The request id that this project's client keeps for its `authorise` request.
  static let authoriseID = UInt32.max
  /// The request id that it keeps for asking a new connection which model is served.
  static let identityID = UInt32.max - 1
}

/// What a request asks for; its response carries the same number plus 128.
public enum WireKind: UInt8, Sendable, CaseIterable {
  /// Classify the sample in the payload.
  case infer = 1
  /// Answer at once: is somebody there?
  case ping = 2
  /// Say which model is served, as a JSON document in the message.
  case describe = 3
  /// Here is my token: the first request on a connection whose server asks for one.
  case authorise = 4
}

/// How a request ended.
public enum WireStatus: UInt16, Sendable, CaseIterable {
  /// Class and confidence are the answer; the message is empty (the document, for `describe`).
  case ok = 0
  /// The queue is full, or the server is shutting down: ask somebody else, or later.
  case overloaded = 1
  /// The request's deadline passed before the model ran.
  case deadlineExceeded = 2
  /// The request is not one that this server can answer; the message says what was expected.
  case badRequest = 3
  /// The model failed on this sample.
  case modelFailed = 4
  /// The request lacks the right to be answered.
  case notAuthorised = 5
  /// Another model is served than the one that the request asks for; the message names it.
  case otherModel = 6
}
