/// The Python literals that a `.npy` header is made of.
enum PythonLiteral: Equatable {
  case string(String)
  case boolean(Bool)
  case integer(Int)
  case tuple([PythonLiteral])
  case dictionary([String: PythonLiteral])
}

/// Reads a Python literal; anything else gives nil.
struct PythonLiteralParser {
  private let text: [UInt8]
  private var position = 0
  /// Brackets in brackets; a header has no more than a few.
  private static let deepest = 8

  init(_ text: some Sequence<UInt8>) {
    self.text = Array(text)
  }

  /// One literal that is the whole text, white space around it aside.
  mutating func parseWhole() -> PythonLiteral? {
    guard let literal = parse(depth: 0) else { return nil }
    skipSpace()
    return position == text.count ? literal : nil
  }

  private mutating func parse(depth: Int) -> PythonLiteral? {
    skipSpace()
    guard depth < Self.deepest, let next = peek() else { return nil }
    switch next {
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      return parseString().map { .string($0) }
    case UInt8(ascii: "("):
      return parseItems(close: UInt8(ascii: ")"), depth: depth)
    case UInt8(ascii: "["):
      return parseItems(close: UInt8(ascii: "]"), depth: depth)
    case UInt8(ascii: "{"):
      return parseDictionary(depth: depth)
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return parseInteger()
    default:
      if take("True") { return .boolean(true) }
      if take("False") { return .boolean(false) }
      return nil
    }
  }

  private mutating func parseString() -> String? {
    let quote = text[position]
    guard let end = text[(position + 1)...].firstIndex(of: quote) else { return nil }
    let characters = text[position + 1..<end]
    guard !characters.contains(UInt8(ascii: "\\")) else { return nil }
    position = end + 1
    return String(validating: characters, as: UTF8.self)
  }

  private mutating func parseInteger() -> PythonLiteral? {
    var value = 0
    while let next = peek(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= next {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(next - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
      position += 1
    }
    // Python 2 wrote its long integers with an L.
    if peek() == UInt8(ascii: "L") { position += 1 }
    return .integer(value)
  }

  private mutating func parseItems(close: UInt8, depth: Int) -> PythonLiteral? {
    position += 1
    var items: [PythonLiteral] = []
    while true {
      skipSpace()
      if take(close) { return .tuple(items) }
      guard let item = parse(depth: depth + 1) else { return nil }
      items.append(item)
      skipSpace()
      guard take(UInt8(ascii: ",")) || peek() == close else { return nil }
    }
  }

  private mutating func parseDictionary(depth: Int) -> PythonLiteral? {
    position += 1
    var entries: [String: PythonLiteral] = [:]
    while true {
      skipSpace()
      if take(UInt8(ascii: "}")) { return .dictionary(entries) }
      guard case .string(let key)? = parse(depth: depth + 1) else { return nil }
      skipSpace()
      guard take(UInt8(ascii: ":")), let value = parse(depth: depth + 1) else { return nil }
      entries[key] = value
      skipSpace()
      guard take(UInt8(ascii: ",")) || peek() == UInt8(ascii: "}") else { return nil }
    }
  }

  private func peek() -> UInt8? { position < text.count ? text[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func take(_ word: String) -> Bool {
    guard text[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func skipSpace() {
    while let next = peek(), next == 0x20 || next == 0x0a || next == 0x09 || next == 0x0d {
      position += 1
    }
  }
}
