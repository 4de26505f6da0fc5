/// Where in a trace somebody is: the trace, the span that calls, and whether the trace is recorded.
///
///     let parent = TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
///
/// It is what W3C Trace Context calls `traceparent`. Zero is no trace and no span, so a value has neither.
public struct TraceParent: Sendable, Hashable {
  /// The trace's number, 128 bits: its upper half.
  public let traceHigh: UInt64
  /// The lower half.
  public let traceLow: UInt64
  /// The span's number.
  public let span: UInt64
  /// Whether whoever began the trace records it.
  public let isSampled: Bool

  /// Makes a place in a trace; nil where the trace's or the span's number is zero.
  public init?(traceHigh: UInt64, traceLow: UInt64, span: UInt64, isSampled: Bool) {
    guard traceHigh | traceLow != 0, span != 0 else { return nil }
    self.traceHigh = traceHigh
    self.traceLow = traceLow
    self.span = span
    self.isSampled = isSampled
  }

  /// The trace's number as 32 hexadecimal digits.
  public var traceID: String { Hexadecimal.text(traceHigh) + Hexadecimal.text(traceLow) }

  /// The span's number as 16 hexadecimal digits.
  public var spanID: String { Hexadecimal.text(span) }
}

// MARK: - As text

extension TraceParent: CustomStringConvertible {
  /// The header's value, of version 00.
  public var description: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

  /// Reads a header's value; nil where it is malformed, and a new trace begins.
  ///
  /// Later versions may have more fields behind another dash; what they have of this one's is read.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    let fixed = 55
    guard bytes.count >= fixed, let version = Hexadecimal.number(bytes[0..<2]), version != 0xff,
      bytes.count == fixed || (version != 0 && bytes[fixed] == Self.dash),
      [2, 35, 52].allSatisfy({ bytes[$0] == Self.dash }),
      let high = Hexadecimal.number(bytes[3..<19]), let low = Hexadecimal.number(bytes[19..<35]),
      let span = Hexadecimal.number(bytes[36..<52]), let flags = Hexadecimal.number(bytes[53..<55])
    else { return nil }
    self.init(traceHigh: high, traceLow: low, span: span, isSampled: flags & 1 == 1)
  }

  private static let dash = UInt8(ascii: "-")
}

// MARK: - As bytes

extension TraceParent {
  /// How many bytes the binary form has: 16 of the trace, 8 of the span, 1 of flags.
  public static let byteCount = 25

  /// The numbers in the order of their hexadecimal digits, and the flags: 1 for a recorded trace.
  public var bytes: [UInt8] {
    [traceHigh, traceLow, span].flatMap { number in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    } + [isSampled ? 1 : 0]
  }

  /// Reads the binary form; nil where there are not 25 bytes or a number is zero.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    let all = Array(bytes)
    func number(_ place: Int) -> UInt64 {
      all[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    self.init(
      traceHigh: number(0), traceLow: number(8), span: number(16), isSampled: all[24] & 1 == 1)
  }
}

/// Numbers as lower-case hexadecimal digits, as W3C Trace Context has them.
private enum Hexadecimal {
  static func text(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// Gives nil where there is anything but lower-case digits, or more than 16 of them.
  static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 16 else { return nil }
    var number: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - 87)
      default: return nil
      }
    }
    return number
  }
}
