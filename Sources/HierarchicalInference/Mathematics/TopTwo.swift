/// The two highest values of a row and where the highest stands.
///
/// Two equal highest values are both taken: `second == highest`, and `index` is the lower of the two.
@usableFromInline
struct TopTwo {
  @usableFromInline let index: Int
  @usableFromInline let highest: Float
  @usableFromInline let second: Float

  /// - Complexity: O(n), allocation-free. NaN values are passed over.
  @usableFromInline
  init(_ values: Span<Float>) {
    var index = 0
    var highest = -Float.infinity
    var second = -Float.infinity
    for position in values.indices {
      let value = values[position]
      if value > second {
        if value > highest {
          second = highest
          highest = value
          index = position
        } else {
          second = value
        }
      }
    }
    self.index = index
    self.highest = highest
    self.second = second
  }
}

extension SIMD8<Float> {
  /// Eight values from `start` on; lanes past the end hold `padding`.
  @inline(__always)
  init(_ values: Span<Float>, from start: Int, padding: Float) {
    self.init(repeating: padding)
    for lane in 0..<Swift.min(8, values.count - start) { self[lane] = values[start + lane] }
  }
}
