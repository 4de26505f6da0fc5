import HIData
import Testing

@testable import HIOpenInference

@Suite struct JSONDocumentTests {
  static func read(_ text: String) throws(JSONFailure) -> JSONDocument {
    try JSONDocument(reading: Array(text.utf8)[...])
  }

  @Test(arguments: [
    ("null", JSONDocument.null), (" true ", .boolean(true)), ("false", .boolean(false)),
    ("0", .integer(0)), ("-12", .integer(-12)), ("1e2", .real(100)), ("-0.5", .real(-0.5)),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .unsigned(1 << 63)), ("18446744073709551615", .unsigned(.max)),
    ("18446744073709551616", .real(18_446_744_073_709_551_616)),
    ("\"a\\u00e4\\ud83d\\ude00\\n\\\"/\\/\"", .string("aä😀\n\"//")), ("[]", .array([])),
    ("{}", .object([:])),
    (
      "[1,[2], {\"a\":null}]",
      .array([
        .integer(1), .array([.integer(2)]), .object(["a": .null]),
      ])
    ),
  ])
  func valuesAreReadExactly(text: String, value: JSONDocument) throws {
    #expect(try Self.read(text) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "truth", "01", "-", "1.", ".5", "1e", "1e+", "+1", "NaN", "Infinity", "1e999",
    "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\u{1}\"", "[1,]", "[1 2]",
    "[", "{", "{1:2}", "{\"a\"}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":2}", "1 2",
    "[1]]", "'a'", "// a\n1", "[01,1]", "[1,00]", "[1x]", "[1-]",
  ])
  func whatIsNotJSONIsRefused(text: String) {
    #expect(throws: JSONFailure.self) { try Self.read(text) }
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    for bytes: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0xC3]] {
      #expect(throws: JSONFailure.self) {
        try JSONDocument(reading: ([0x22] + bytes + [0x22])[...])
      }
    }
  }

  /// Objects with few members and those that have an index behave alike.
  @Test(arguments: [1, 2, 7, 8, 9, 10, 70, 1000])
  func objectsHaveEachMemberOnce(count: Int) throws {
    let names = (0..<count).map { "member \($0)" }
    func text(_ names: [String]) -> String {
      "{" + names.map { "\"\($0)\":\"of \($0)\"" }.joined(separator: ",") + "}"
    }
    guard case .object(let object) = try Self.read(text(names)) else {
      Issue.record("it is an object")
      return
    }
    #expect(object.members.map(\.name) == names)
    for name in names { #expect(object[name] == .string("of \(name)")) }
    #expect(object["member"] == nil && object["member \(count)"] == nil)
    #expect(try Self.read(text(names.shuffled())) == .object(object))
    #expect(try Self.read(text(names + ["more"])) != .object(object))
    #expect(try Self.read(text(names.dropLast() + ["other"])) != .object(object))
    for name in Set([names[0], names[count / 2], names[count - 1]]) {
      #expect(throws: JSONFailure.self) { try Self.read(text(names + [name])) }
    }
  }

  @Test func nestingIsBounded() throws {
    func nested(_ depth: Int, _ element: String = "") -> String {
      String(repeating: "[", count: depth) + element + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try Self.read(nested(17)) }
    #expect(throws: JSONFailure.self) { try Self.read(nested(18)) }
    for element in ["7", "true", "1.5"] {
      #expect(throws: Never.self) { try Self.read(nested(16, element)) }
      #expect(throws: JSONFailure.self) { try Self.read(nested(17, element)) }
    }
    #expect(throws: JSONFailure.self) { try Self.read(nested(100_000)) }
  }

  @Test(arguments: [(#"{"":0}"#, 2), ("[]", 1), ("{}", 1), ("[[0]]", 2)])
  func arraysAndMembersAreCountedAndNumbersAreNot(element: String, parts: Int) throws {
    func list(of element: String, count: Int) -> String {
      "[" + repeatElement(element, count: count).joined(separator: ",") + "]"
    }
    // The list itself is one.
    let most = (JSONDocument.mostParts - 1) / parts
    #expect(throws: Never.self) { try Self.read(list(of: element, count: most)) }
    let error = #expect(throws: JSONFailure.self) {
      try Self.read(list(of: element, count: most + 1))
    }
    #expect(error?.reason.contains("1000000 arrays and members") == true)
    #expect(throws: Never.self) {
      try Self.read(list(of: "7", count: JSONDocument.mostParts + 1))
    }
  }

  @Test func everyDoubleIsReadBackAsItself() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: .random(in: 0...UInt64.max, using: &generator))
      guard value.isFinite else { continue }
      for text in ["\(value)", "\(Float(value))"] where Double(text)?.isFinite == true {
        guard case .real(let read) = try Self.read(text) else {
          Issue.record("\(text) is not a real number")
          continue
        }
        #expect(read.bitPattern == Double(text)?.bitPattern, "\(text)")
      }
    }
  }

  /// Within an array short ones are read another way than alone.
  @Test func wholeNumbersAreTheSameInArraysAndAlone() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<20_000 {
      let length = Int.random(in: 1...24, using: &generator)
      var text = String(Int.random(in: 1...9, using: &generator))
      while text.count < length { text += "\(Int.random(in: 0...9, using: &generator))" }
      if length == 1, Bool.random(using: &generator) { text = "0" }
      let sign = Bool.random(using: &generator) ? "" : "-"
      let ending = ["", ".0", "e0", "E+1", ".25"].randomElement(using: &generator) ?? ""
      text = sign + text + ending
      let number = try Self.read(text)
      #expect(
        try Self.read("[\(text),\(text) , \(text)]") == .array([number, number, number]), "\(text)")
    }
  }

  @Test func decimalTextsAreReadAsTheStandardLibraryReadsThem() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<20_000 {
      let digits = Int.random(in: 1...18, using: &generator)
      let fraction = (0..<digits).map { _ in "\(Int.random(in: 0...9, using: &generator))" }
        .joined()
      let text =
        "\(Int.random(in: 0...999, using: &generator)).\(fraction)"
        + "e\(Int.random(in: -40...40, using: &generator))"
      #expect(try Self.read(text) == .real(#require(Double(text))), "\(text)")
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var writer = JSONWriter()
    writer.object {
      $0.member("a\"\\\u{2}ä", "x\n")
      $0.key("numbers")
      $0.array {
        $0.integer(-7)
        $0.number(Float(0.1))
        $0.number(Double.nan)
        $0.boolean(true)
        $0.array { _ in }
      }
    }
    #expect(
      try JSONDocument(reading: writer.bytes[...])
        == .object([
          "a\"\\\u{2}ä": .string("x\n"),
          "numbers": .array([.integer(-7), .real(0.1), .null, .boolean(true), .array([])]),
        ]))
  }
}
