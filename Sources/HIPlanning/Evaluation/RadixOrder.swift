/// The positions of values in ascending order: NaN first, equal values in their own order.
///
/// A radix sort on the bit patterns, 11 bits a pass, because a million scores have to be sorted well
/// within a second also on a small machine.
///
/// - Complexity: O(n).
func ascendingOrder(of values: [Float]) -> [Int32] {
  let count = values.count
  var keys = values.map(sortKey)
  var order = (0..<Int32(count)).map { $0 }
  var otherKeys = [UInt32](repeating: 0, count: count)
  var otherOrder = [Int32](repeating: 0, count: count)
  for shift in [UInt32(0), 11, 22] {
    var starts = [Int](repeating: 0, count: 2049)
    for key in keys { starts[Int((key >> shift) & 2047) + 1] += 1 }
    if starts.contains(count) { continue }
    for bucket in 1..<2049 { starts[bucket] += starts[bucket - 1] }
    for position in 0..<count {
      let key = keys[position]
      let bucket = Int((key >> shift) & 2047)
      let target = starts[bucket]
      starts[bucket] = target + 1
      otherKeys[target] = key
      otherOrder[target] = order[position]
    }
    swap(&keys, &otherKeys)
    swap(&order, &otherOrder)
  }
  return order
}

/// An unsigned integer that orders as the value does; NaN is 0, and both zeros are equal.
@inline(__always)
private func sortKey(_ value: Float) -> UInt32 {
  if value != value { return 0 }
  let bits = (value + 0).bitPattern
  return bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
}
