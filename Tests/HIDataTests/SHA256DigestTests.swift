import Foundation
import HIData
import Testing

@Suite struct SHA256DigestTests {
  /// The examples that NIST gives for FIPS 180-4, and the empty message.
  @Test(arguments: [
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func knownMessagesHaveTheirDigests(text: String, times: Int, expected: String) {
    let digest = SHA256Digest(of: Array(String(repeating: text, count: times).utf8))
    #expect(digest.hexadecimal == expected)
    #expect(digest.bytes.count == 32)
  }

  /// Every length around the algorithm's blocks of 64 bytes, against coreutils.
  @Test func lengthsAroundABlockAgreeWithAnotherProgram() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var random = SeededGenerator(seed: 256)
    var expected: [String: String] = [:]
    for count in 0...200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      try Data(bytes).write(to: folder.appendingPathComponent("\(count)"))
      expected["\(count)"] = SHA256Digest(of: bytes).hexadecimal
      // A collection that is not contiguous takes another way in.
      #expect(SHA256Digest(of: bytes.lazy.map { $0 }) == SHA256Digest(of: bytes))
    }
    let program = Process()
    program.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    program.arguments = ["sha256sum"] + expected.keys.sorted()
    program.currentDirectoryURL = folder
    let output = Pipe()
    program.standardOutput = output
    try program.run()
    let lines = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    program.waitUntilExit()
    var found: [String: String] = [:]
    for line in lines.split(separator: "\n") {
      let words = line.split(separator: " ")
      found[String(words[1])] = String(words[0])
    }
    #expect(found == expected)
  }

  @Test func digestsThatDifferInOneBitAreNotEqual() {
    let one = SHA256Digest(of: Array("token".utf8))
    #expect(one == SHA256Digest(of: Array("token".utf8)))
    #expect(one != SHA256Digest(of: Array("tokeo".utf8)))
    #expect(one != SHA256Digest(of: []))
  }
}
