import Foundation
import Testing

/// What the fuzzer has been fed and has found, run over the fuzzer's own entries: `make fuzz` builds slowly,
/// and what only it compiles would go out of date unseen.
@Suite("The fuzzer's entries over its corpus")
struct CorpusTests {
  private static let corpus = URL(filePath: #filePath, directoryHint: .notDirectory)
    .deletingLastPathComponent().appending(path: "../../Fuzz/Corpus").standardizedFileURL

  private static func inputs(of entry: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: corpus.appending(path: entry), includingPropertiesForKeys: nil)
  }

  @Test("Whatever is in the corpus is taken or refused, and what is taken is consistent")
  func corpus() throws {
    for entry in FuzzEntry.all {
      let inputs = try Self.inputs(of: entry.name)
      #expect(!inputs.isEmpty, "\(entry.name) has no corpus")
      for input in inputs {
        CurrentInput.$path.withValue("\(entry.name)/\(input.lastPathComponent)") {
          entry.run((try? [UInt8](Data(contentsOf: input))) ?? [])
        }
      }
    }
  }

  @Test("Seeds cut short and with a byte changed are taken or refused, too", arguments: [1, 2, 3])
  func changed(seed: UInt64) throws {
    for entry in FuzzEntry.all {
      for input in try Self.inputs(of: entry.name) where input.lastPathComponent.hasPrefix("seed-")
      {
        let bytes = try [UInt8](Data(contentsOf: input))
        guard !bytes.isEmpty else { continue }
        var state = seed &+ UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
        func next(below bound: Int) -> Int {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Int((state >> 33) % UInt64(bound))
        }
        CurrentInput.$path.withValue("\(entry.name)/\(input.lastPathComponent), seed \(seed)") {
          for _ in 0..<8 {
            entry.run(Array(bytes.prefix(next(below: bytes.count))))
            var changed = bytes
            changed[next(below: bytes.count)] = UInt8(next(below: 256))
            entry.run(changed)
          }
        }
      }
    }
  }
}

/// Which input an entry is at, for the record of what does not hold.
enum CurrentInput {
  @TaskLocal static var path = ""
}

/// Records where something does not hold; in the fuzzer it ends the process.
func require(_ holds: Bool, _ claim: StaticString) {
  if !holds { Issue.record("\(claim) does not hold: \(CurrentInput.path)") }
}
