import HITransport
import Testing

@Suite struct BearerTokenTests {
  private let token = "0123456789abcdef"

  @Test func aFileHasATokenALine() throws {
    let text = "# first\n\n  \(token)  \r\n\(token)XYZ\n"
    #expect(
      try TokenFile.tokens(in: text, source: "f").map(\.characters) == [token, token + "XYZ"])
  }

  @Test(arguments: [
    ("", BearerTokenError.none(source: "f")),
    ("# only words\n", .none(source: "f")),
    ("0123456789abcde", .length(source: "f", found: 15)),
    (String(repeating: "x", count: 1025), .length(source: "f", found: 1025)),
    ("0123456789 abcdef", .strangeCharacter(source: "f")),
    ("0123456789abcdefé", .strangeCharacter(source: "f")),
    ("0123456789abcdef\u{7F}", .strangeCharacter(source: "f")),
  ])
  func whatIsNoTokenIsRefusedWithoutShowingIt(text: String, error: BearerTokenError) {
    #expect(throws: error) { try TokenFile.tokens(in: text, source: "f") }
    #expect(!error.description.contains("0123"))
    #expect(error.description.hasSuffix("."))
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: BearerTokenError.self) {
      try TokenFile.tokens(at: "/nowhere/token")
    }
    #expect(error?.description.contains("/nowhere/token") == true)
  }

  @Test func aTokenDoesNotShowItselfInText() throws {
    let secret = try BearerToken(token, source: "f")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
      #expect(!text.contains("0123"))
    }
  }
}
