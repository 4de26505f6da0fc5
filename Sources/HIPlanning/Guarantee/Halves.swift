/// Two random halves of rows, without a row in both.
public struct Halves: Sendable, Equatable {
  /// Rows of the first half, ascending.
  public let first: [Int]
  /// Rows of the second half, ascending; one more where the count is odd.
  public let second: [Int]

  /// Draws the halves; the same count and seed give the same ones.
  public init(count: Int, seed: UInt64) {
    var generator = SplitMixGenerator(state: seed)
    let order = Array(0..<count).shuffled(using: &generator)
    first = order[..<(count / 2)].sorted()
    second = order[(count / 2)...].sorted()
  }
}

/// The SplitMix64 generator (Steele, Lea and Flood, 2014): seeded, so that figures can be had again.
struct SplitMixGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
