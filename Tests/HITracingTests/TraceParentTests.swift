import HIData
import HITracing
import Testing

/// The two forms of a place in a trace, against the specification of W3C Trace Context.
@Suite struct TraceParentTests {
  static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test func theSpecificationsExampleIsRead() throws {
    let parent = try #require(TraceParent(Self.example))
    #expect(parent.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(parent.spanID == "00f067aa0ba902b7")
    #expect(parent.isSampled)
    #expect(parent.description == Self.example)
    #expect(
      parent.bytes == [
        0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47,
        0x36, 0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7, 1,
      ])
  }

  @Test(arguments: [
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", false),
    // Flags that this version does not know are no reason to refuse; the lowest bit counts.
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03", true),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe", false),
    // A later version may have more behind another dash.
    ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
    ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes", true),
  ])
  func whatIsAllowedIsRead(text: String, isSampled: Bool) throws {
    #expect(try #require(TraceParent(text)).isSampled == isSampled)
  }

  @Test(arguments: [
    "", "00", "00-", example + "-", example + "0", example + "-more",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1g",
    "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
    " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e47é-00f067aa0ba902b7-01",
  ])
  func whatIsMalformedIsNone(text: String) {
    #expect(TraceParent(text) == nil)
  }

  @Test func bothFormsOfRandomPlacesAreReadBack() throws {
    var generator = SeededGenerator(seed: 20)
    for _ in 0..<2000 {
      let parent = try #require(
        TraceParent(
          traceHigh: generator.next() >> UInt64.random(in: 0..<64, using: &generator),
          traceLow: generator.next() | 1, span: max(1, generator.next() >> 40),
          isSampled: .random(using: &generator)))
      #expect(TraceParent(parent.description) == parent)
      #expect(TraceParent(bytes: parent.bytes) == parent)
      #expect(parent.description.utf8.count == 55)
    }
    #expect(TraceParent(bytes: [UInt8](repeating: 0, count: 25)) == nil)
    #expect(TraceParent(bytes: [UInt8](repeating: 1, count: 24)) == nil)
  }

  /// The grammar as a regular expression, which knows nothing of the parser.
  private static func isValid(_ text: String) -> Bool {
    let form = #/([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?/#
    guard let match = text.wholeMatch(of: form) else { return false }
    return match.1 != "ff" && (match.1 != "00" || match.5 == nil)
      && match.2.contains { $0 != "0" } && match.3.contains { $0 != "0" }
  }

  @Test func mutatedHeadersAreTakenAsTheGrammarSays() {
    var generator = SeededGenerator(seed: 21)
    let alphabet = Array("0123456789abcdefgF-_ \u{7f}")
    var taken = 0
    for _ in 0..<20_000 {
      var text = Array(Self.example)
      if Bool.random(using: &generator) {
        text.replaceSubrange(0..<2, with: ["0", alphabet.randomElement(using: &generator) ?? "0"])
      }
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        let place = Int.random(in: 0..<text.count, using: &generator)
        let letter = alphabet.randomElement(using: &generator) ?? "0"
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: text.remove(at: place)
        case 1: text.insert(letter, at: place)
        case 2: text.append(letter)
        default: text[place] = letter
        }
      }
      let header = String(text)
      let parent = TraceParent(header)
      #expect((parent != nil) == Self.isValid(header), "\(header)")
      if parent != nil { taken += 1 }
    }
    #expect((2000..<19_000).contains(taken))
  }
}
