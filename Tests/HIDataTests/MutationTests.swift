import Testing

@testable import HIData

/// Thousands of damaged files a format, the same ones every time. A parser may take one or refuse it
/// with a ``DataError``; it may not crash, and what it takes is consistent.
@Suite struct MutationTests {
  private func mutate(_ bytes: [UInt8], header: Int, _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      // Mostly in the header, where the decisions are.
      let end = Bool.random(using: &random) ? min(header, bytes.count) : bytes.count
      let position = Int.random(in: 0..<end, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.removeLast(bytes.count - position)
      case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
      default: bytes.remove(at: position)
      }
    }
    return bytes
  }

  /// Counts how many of `count` mutations were taken.
  private func accepted(
    of seedFile: [UInt8], header: Int, count: Int, seed: UInt64,
    parse: ([UInt8]) throws -> Bool
  ) throws -> Int {
    var random = SeededGenerator(seed: seed)
    var accepted = 0
    for _ in 0..<count {
      let mutation = mutate(seedFile, header: header, &random)
      do {
        #expect(try parse(mutation), "inconsistent result")
        accepted += 1
      } catch is DataError {
      }
    }
    return accepted
  }

  @Test(arguments: [false, true])
  func idxSurvives(compressed: Bool) throws {
    let plain = Encoding.idx([2, 3, 4], [UInt8](0..<24))
    let file = compressed ? Encoding.gzip(plain) : plain
    let count = 5_000
    let taken = try accepted(of: file, header: 16, count: count, seed: 1) {
      let file = try IDXFile(contents: $0, rank: 3, file: "x")
      return file.shape.reduce(1, *) == file.bytes.count
    }
    // Both ways have to occur, or the test tests nothing.
    #expect(taken > 0 && taken < count)
  }

  @Test func npySurvives() throws {
    let count = 10_000
    let file = Encoding.npy("<f4", shape: "(2, 3)", Array(repeating: 1, count: 24))
    let taken = try accepted(of: file, header: 80, count: count, seed: 2) {
      let array = try NPYArray(contents: $0, file: "x")
      return array.shape.reduce(1, *) == array.floats().count
        && array.integers().map { $0.count == array.count } ?? true
    }
    #expect(taken > 0 && taken < count)
  }

  @Test func cifarSurvives() throws {
    let count = 2_000
    let taken = try accepted(of: Encoding.cifar([1, 2]), header: 1, count: count, seed: 3) {
      var samples = LabelledSamples(shape: [3, 32, 32], labels: [], storage: [])
      try CIFAR10File.parse($0, file: "x", into: &samples)
      return samples.storage.count == samples.labels.count * 3_072
        && samples.labels.allSatisfy { $0 < 10 }
    }
    #expect(taken > 0 && taken < count)
  }
}
