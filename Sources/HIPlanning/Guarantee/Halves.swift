internal import HIData

/// Two random halves of rows, without a row in both.
public struct Halves: Sendable, Equatable {
  /// Rows of the first half, ascending.
  public let first: [Int]
  /// Rows of the second half, ascending; one more where the count is odd.
  public let second: [Int]

  /// Draws the halves; the same count and seed give the same ones.
  public init(count: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let order = Array(0..<count).shuffled(using: &generator)
    first = order[..<(count / 2)].sorted()
    second = order[(count / 2)...].sorted()
  }
}
