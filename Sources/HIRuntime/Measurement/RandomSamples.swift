public import HIData
public import HIModels

extension ModelManifest.Input {
  /// Samples of this input that hold noise, the same for a seed on every machine: what a model costs
  /// does not depend on what it sees.
  ///
  /// Integers take all values, floating-point numbers those from 0.5 to 1.
  public func randomSamples(count: Int, seed: UInt64) -> [Sample] {
    var generator = SeededGenerator(seed: seed)
    let elements = shape.reduce(1, *)
    return (0..<count).compactMap { _ in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(elements * elementType.size)
      for _ in 0..<elements {
        let random = generator.next()
        switch elementType {
        case .uint8, .int8: bytes.append(UInt8(truncatingIfNeeded: random))
        // The exponent of 0.5 over random digits.
        case .float16: bytes.append(0x3800 | UInt16(truncatingIfNeeded: random) & 0x3FF)
        case .float32:
          bytes.append(0x3F00_0000 | UInt32(truncatingIfNeeded: random) & 0x7F_FFFF)
        }
      }
      return Sample(elementType: elementType, shape: shape, bytes: bytes)
    }
  }
}

extension [UInt8] {
  /// Appends a number's bytes, the lowest first.
  fileprivate mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: number.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
