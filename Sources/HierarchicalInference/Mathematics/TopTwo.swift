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

extension SIMD4<Float> {
  /// Four values from `start` on; lanes past the end hold `padding`.
  @inline(__always)
  init(_ values: Span<Float>, from start: Int, padding: Float) {
    if start + 4 <= values.count {
      // One unaligned load: the check above has covered all four lanes.
      self = values.withUnsafeBytes {
        $0.loadUnaligned(
          fromByteOffset: start * MemoryLayout<Float>.stride, as: SIMD4<Float>.self)
      }
    } else {
      self.init(repeating: padding)
      for lane in 0..<(values.count - start) { self[lane] = values[start + lane] }
    }
  }
}
