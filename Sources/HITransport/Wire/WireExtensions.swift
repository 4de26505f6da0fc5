public import HITracing
internal import NIOCore

/// What a request can carry beside its sample, each with its bit of the request's flags.
///
/// A server that has never heard of a bit refuses it, so a client sends only what the server's describe
/// document lists as `extensions`. In a frame they lie between the fixed header and the dimensions, in the
/// order of their bits.
public struct WireExtensions: Sendable, Equatable {
  /// Bit 0: which trace the request belongs to, in 25 bytes. Nil where there is none, or a malformed one.
  public var trace: TraceParent?
  /// Bit 1: which model has to answer, in 8 bytes: ``tag(ofModel:)`` of its digest.
  public var modelTag: UInt64?

  /// Makes extensions.
  public init(trace: TraceParent? = nil, modelTag: UInt64? = nil) {
    self.trace = trace
    self.modelTag = modelTag
  }

  /// The number that stands for a model's digest in a request: FNV-1a of 64 bits over its characters.
  public static func tag(ofModel digest: String) -> UInt64 {
    digest.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }

  /// Which extensions there are.
  public struct Kinds: OptionSet, Sendable {
    /// The bits of a request's flags.
    public let rawValue: UInt16

    /// Takes bits as they are.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Which trace the request belongs to: `trace`.
    public static let trace = Kinds(rawValue: 1)
    /// Which model has to answer: `model`.
    public static let model = Kinds(rawValue: 2)
    /// All that this version knows.
    public static let known: Kinds = [.trace, .model]

    private static let names: [(name: String, kind: Kinds)] = [
      ("trace", .trace), ("model", .model),
    ]

    /// Those with these names; unknown names are others' business.
    public init(names: [String]) {
      self = Kinds(Self.names.filter { names.contains($0.name) }.map(\.kind))
    }

    /// Their names, as a describe document lists them.
    public var names: [String] { Self.names.filter { contains($0.kind) }.map(\.name) }

    /// How many bytes they take.
    var byteCount: Int {
      (contains(.trace) ? TraceParent.byteCount : 0) + (contains(.model) ? 8 : 0)
    }
  }

  /// Which there are here.
  public var kinds: Kinds {
    var kinds: Kinds = []
    if trace != nil { kinds.insert(.trace) }
    if modelTag != nil { kinds.insert(.model) }
    return kinds
  }

  func write(to buffer: inout ByteBuffer) {
    if let trace { buffer.writeBytes(trace.bytes) }
    if let modelTag { buffer.writeInteger(modelTag, endianness: .little) }
  }

  /// Reads what the flags say; nil where the frame ends before.
  init?(_ kinds: Kinds, from frame: inout ByteBuffer) {
    guard frame.readableBytes >= kinds.byteCount else { return nil }
    if kinds.contains(.trace) {
      trace = frame.readSlice(length: TraceParent.byteCount).flatMap {
        TraceParent(bytes: $0.readableBytesView)
      }
    }
    if kinds.contains(.model) { modelTag = frame.readInteger(endianness: .little) }
  }
}

extension WireRequest {
  private static let flagsOffset = 6
  private static let extensionsOffset = WireProtocol.lengthBytes + WireProtocol.requestHeaderBytes

  /// An encoded request without the extensions that a server does not understand.
  static func encoded(
    _ frame: ByteBuffer, for understood: WireExtensions.Kinds
  ) -> ByteBuffer {
    let start = frame.readerIndex
    let flags = frame.getInteger(at: start + flagsOffset, endianness: .little, as: UInt16.self)
    let kinds = WireExtensions.Kinds(rawValue: flags ?? 0)
    guard !kinds.isSubset(of: understood) else { return frame }
    var rest = frame
    guard let header = rest.readSlice(length: extensionsOffset),
      var extensions = WireExtensions(kinds, from: &rest)
    else { return frame }
    if !understood.contains(.trace) { extensions.trace = nil }
    if !understood.contains(.model) { extensions.modelTag = nil }
    var reduced = ByteBuffer()
    reduced.reserveCapacity(frame.readableBytes)
    reduced.writeImmutableBuffer(header)
    extensions.write(to: &reduced)
    reduced.writeImmutableBuffer(rest)
    reduced.setInteger(
      UInt32(reduced.readableBytes - WireProtocol.lengthBytes), at: 0, endianness: .little)
    reduced.setInteger(extensions.kinds.rawValue, at: flagsOffset, endianness: .little)
    return reduced
  }
}
