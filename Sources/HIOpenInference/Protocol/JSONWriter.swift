/// Writes JSON into one array of bytes.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  /// Whether a comma has to come before what is written next.
  private var needsComma = false

  init() {
    // Most responses fit.
    bytes.reserveCapacity(512)
  }

  mutating func object(_ body: (inout JSONWriter) -> Void) { group("{", "}", body) }

  mutating func array(_ body: (inout JSONWriter) -> Void) { group("[", "]", body) }

  mutating func key(_ key: String) {
    separate()
    quoted(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func string(_ value: String) {
    separate()
    quoted(value)
  }

  mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

  mutating func integer(_ value: some BinaryInteger) { literal(String(value)) }

  /// The shortest text that reads back as the same value; JSON has none for NaN and infinities, which
  /// become null.
  mutating func number(_ value: some BinaryFloatingPoint & LosslessStringConvertible) {
    literal(value.isFinite ? value.description : "null")
  }

  mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes += text.utf8
  }

  private mutating func group(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
  ) {
    separate()
    bytes.append(UInt8(ascii: open))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    // Names and numbers, nearly all of a response's texts, stand for themselves.
    if text.utf8.allSatisfy({ Self.isPlain($0) }) {
      bytes += text.utf8
    } else {
      for byte in text.utf8 { escaped(byte) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func escaped(_ byte: UInt8) {
    if Self.isPlain(byte) {
      bytes.append(byte)
    } else if byte < 0x20 {
      bytes += "\\u00".utf8
      bytes.append(Self.hexDigit(byte >> 4))
      bytes.append(Self.hexDigit(byte & 15))
    } else {
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
