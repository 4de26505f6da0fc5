/// A JSON value as it was read (RFC 8259).
///
/// Whole numbers are kept apart from the others, so that 64-bit integers lose nothing.
enum JSONDocument: Sendable, Equatable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// A whole number above the largest signed one.
  case unsigned(UInt64)
  case real(Double)
  case string(String)
  case array(JSONArray)
  case object(JSONObject)

  /// What it is, for errors.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .integer, .unsigned: "a whole number"
    case .real: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// An array's elements.
///
/// Those of a tensor are nearly always whole numbers, which are kept side by side, without the room and the care
/// that a document of any kind needs.
struct JSONArray: Sendable, Equatable {
  private var numbers: [Int64] = []
  /// All elements where at least one is no signed whole number, and none else: equal arrays have equal parts.
  private var documents: [JSONDocument] = []

  init(wholeNumbers: [Int64] = []) { numbers = wholeNumbers }

  init(_ elements: some Sequence<JSONDocument>) {
    for element in elements { append(element) }
  }

  /// The elements where all are signed whole numbers.
  var wholeNumbers: [Int64]? { documents.isEmpty ? numbers : nil }

  mutating func append(_ element: JSONDocument) {
    if documents.isEmpty {
      if case .integer(let number) = element { return numbers.append(number) }
      documents = numbers.map { .integer($0) }
      numbers = []
    }
    documents.append(element)
  }
}

extension JSONArray: RandomAccessCollection, ExpressibleByArrayLiteral {
  init(arrayLiteral elements: JSONDocument...) { self.init(elements) }

  var startIndex: Int { 0 }

  var endIndex: Int { documents.isEmpty ? numbers.count : documents.count }

  subscript(place: Int) -> JSONDocument {
    documents.isEmpty ? .integer(numbers[place]) : documents[place]
  }
}

/// An object's members, each name once, in the order in which they came.
///
/// What a protocol's objects have is a handful: names are then compared one after the other, which takes less
/// than to hash them. Objects with more have an index, so that no text takes long to read.
struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
  /// The most members without an index.
  private static let few = 8

  private(set) var members: [(name: String, value: JSONDocument)] = []
  /// The places of all members; empty where there are few.
  private var index: [String: Int] = [:]

  init() {}

  /// - Precondition: no name stands there twice.
  init(dictionaryLiteral elements: (String, JSONDocument)...) {
    for (name, value) in elements {
      let isNew = add(name, value)
      precondition(isNew, "the name \"\(name)\" stands there twice")
    }
  }

  /// Where a member stands; nil where there is none of that name.
  func place(of name: String) -> Int? {
    index.isEmpty ? members.firstIndex { $0.name == name } : index[name]
  }

  subscript(name: String) -> JSONDocument? { place(of: name).map { members[$0].value } }

  /// Adds a member; gives false, and adds none, where there is one of that name.
  mutating func add(_ name: String, _ value: JSONDocument) -> Bool {
    guard place(of: name) == nil else { return false }
    members.append((name, value))
    if !index.isEmpty {
      index[name] = members.count - 1
    } else if members.count > Self.few {
      for (place, member) in members.enumerated() { index[member.name] = place }
    }
    return true
  }
}

extension JSONObject: Equatable {
  /// Whether both have the same members, in whichever order.
  static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.members.count == b.members.count && a.members.allSatisfy { b[$0.name] == $0.value }
  }
}

/// Where and why a text is not JSON.
struct JSONFailure: Error, Equatable {
  /// How many bytes come before the place.
  let offset: Int
  let reason: String
}

extension JSONDocument {
  /// The most arrays, objects and members of objects in one text. Each is memory of its own, many times as
  /// large as the three bytes that ask for it; numbers stand side by side in their array and do not count.
  static let mostParts = 1_000_000

  /// Reads one JSON value that fills the bytes.
  ///
  /// Repeated keys, numbers that no double holds, text that is not UTF-8, nesting deeper than 16 and more
  /// than ``mostParts`` arrays, objects and members are refused.
  init(reading bytes: ArraySlice<UInt8>) throws(JSONFailure) {
    var result: Result<JSONDocument, JSONFailure> = .success(.null)
    bytes.withUnsafeBufferPointer { buffer in
      var reader = JSONReader(bytes: buffer)
      do throws(JSONFailure) {
        result = .success(try reader.document())
      } catch {
        result = .failure(error)
      }
    }
    self = try result.get()
  }
}

/// The state of reading: a place in the bytes.
private struct JSONReader {
  /// A tensor's data is at the fourth level, and has as many more as dimensions.
  static let deepest = 16

  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0
  var parts = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func document() throws(JSONFailure) -> JSONDocument {
    let value = try value(depth: 0)
    skipSpace()
    guard place == bytes.count else { throw failure("something follows the value") }
    return value
  }

  private func failure(_ reason: String) -> JSONFailure {
    JSONFailure(offset: place, reason: reason)
  }

  /// Takes note of an array, an object or a member, before there is memory for it.
  private mutating func countPart() throws(JSONFailure) {
    parts += 1
    guard parts <= JSONDocument.mostParts else {
      throw failure(
        "it has more than \(JSONDocument.mostParts) arrays and members; send large tensors flat or in "
          + "the binary part")
    }
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private mutating func value(depth: Int) throws(JSONFailure) -> JSONDocument {
    skipSpace()
    guard depth <= Self.deepest else { throw failure("it is nested deeper than \(Self.deepest)") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw failure("it ends where a value was expected")
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
      return try number()
    default: throw failure("no value begins like this")
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONDocument
  ) throws(JSONFailure) -> JSONDocument {
    let end = place + word.utf8CodeUnitCount
    let matches =
      end <= bytes.count
      && word.withUTF8Buffer { $0.elementsEqual(UnsafeBufferPointer(rebasing: bytes[place..<end])) }
    guard matches else { throw failure("no value begins like this") }
    place = end
    return value
  }

  private mutating func array(depth: Int) throws(JSONFailure) -> JSONDocument {
    try countPart()
    place += 1
    skipSpace()
    if next == UInt8(ascii: "]") {
      place += 1
      return .array(JSONArray())
    }
    var elements = JSONArray(wholeNumbers: depth < Self.deepest ? shortWholeNumbers() : [])
    if elements.count > 0, bytes[place - 1] == UInt8(ascii: "]") { return .array(elements) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      switch next {
      case UInt8(ascii: ","): place += 1
      case UInt8(ascii: "]"):
        place += 1
        return .array(elements)
      default: throw failure("a comma or a closing bracket was expected")
      }
    }
  }

  /// Most of what arrays hold: as many whole numbers of the simplest form as come one after the other, with the
  /// comma or the bracket after each.
  private mutating func shortWholeNumbers() -> [Int64] {
    var numbers: [Int64] = []
    // Kept out of memory while it runs.
    var end = place
    while let number = Self.shortWholeNumber(bytes, at: &end) {
      numbers.append(number)
      end += 1
      if bytes[end - 1] == UInt8(ascii: "]") { break }
      while end < bytes.count, Self.isSpace(bytes[end]) { end += 1 }
    }
    place = end
    return numbers
  }

  private mutating func object(depth: Int) throws(JSONFailure) -> JSONDocument {
    try countPart()
    place += 1
    var members = JSONObject()
    skipSpace()
    if next == UInt8(ascii: "}") {
      place += 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("a key was expected") }
      try countPart()
      let key = try string()
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw failure("a colon was expected") }
      place += 1
      let member = try value(depth: depth + 1)
      guard members.add(key, member) else {
        throw failure("the key \"\(key)\" stands twice in an object")
      }
      skipSpace()
      switch next {
      case UInt8(ascii: ","): place += 1
      case UInt8(ascii: "}"):
        place += 1
        return .object(members)
      default: throw failure("a comma or a closing brace was expected")
      }
    }
  }

  private mutating func string() throws(JSONFailure) -> String {
    place += 1
    let start = place
    var all: UInt8 = 0
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      all |= byte
      place += 1
    }
    let plain = UnsafeBufferPointer(rebasing: bytes[start..<place])
    if next == UInt8(ascii: "\"") {
      // Most strings: nothing is copied but into the string.
      place += 1
      // ASCII is UTF-8; seeing that here is faster than the library's general way.
      if all < 0x80 { return String(decoding: plain, as: UTF8.self) }
      guard let text = String(validating: plain, as: UTF8.self) else {
        throw failure("a string is not UTF-8")
      }
      return text
    }
    var text = Array(plain)
    while true {
      guard let byte = next else { throw failure("a string does not end") }
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: text, as: UTF8.self) else {
          throw failure("a string is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw failure("a string has a control character")
      default: text.append(byte)
      }
    }
  }

  private mutating func escape() throws(JSONFailure) -> [UInt8] {
    guard let byte = next else { throw failure("a string does not end") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]), next == UInt8(ascii: "\\"), place + 1 < bytes.count,
        bytes[place + 1] == UInt8(ascii: "u")
      {
        place += 2
        units.append(try codeUnit())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw failure("an escape is half a surrogate pair")
      }
      return Array(text.utf8)
    default: throw failure("there is no such escape")
    }
  }

  private mutating func codeUnit() throws(JSONFailure) -> UInt16 {
    guard place + 4 <= bytes.count else { throw failure("an escape has fewer than four digits") }
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(UnicodeScalar(bytes[place])).hexDigitValue else {
        throw failure("an escape has a digit that is not hexadecimal")
      }
      unit = unit << 4 | UInt16(digit)
      place += 1
    }
    return unit
  }

  /// The most of a tensor's elements: a whole number of at most 18 digits, which cannot overflow. Nothing is read
  /// where there is none.
  @inline(__always)
  private static func shortWholeNumber(
    _ bytes: UnsafeBufferPointer<UInt8>, at place: inout Int
  ) -> Int64? {
    var end = place
    var number: Int64 = 0
    while end < bytes.count, end - place < 18 {
      let digit = bytes[end] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      number = number &* 10 &+ Int64(digit)
      end += 1
    }
    // Only what ends an element may follow; the rest is left to what knows the whole grammar.
    guard end > place, end < bytes.count,
      bytes[end] == UInt8(ascii: ",") || bytes[end] == UInt8(ascii: "]"),
      end == place + 1 || bytes[place] != UInt8(ascii: "0")
    else { return nil }
    place = end
    return number
  }

  private mutating func number() throws(JSONFailure) -> JSONDocument {
    if let whole = Self.shortWholeNumber(bytes, at: &place) { return .integer(whole) }
    let start = place
    var scanned = JSONNumber()
    guard scanned.scan(bytes, from: &place) else { throw failure("it is not a number") }
    guard let value = scanned.value(UnsafeBufferPointer(rebasing: bytes[start..<place])) else {
      throw failure("a number is too large")
    }
    return value
  }
}
