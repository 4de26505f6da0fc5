extension Float {
  /// The value of an IEEE 754 half precision bit pattern, exactly.
  ///
  /// `Float16` does not exist on every platform of this package (Intel Macs lack it).
  package init(halfPrecisionBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1f)
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      // Zero or subnormal: fraction * 2^-24.
      let magnitude = Float(fraction) * 0x1p-24
      self = sign == 0 ? magnitude : -magnitude
    case 0x1f:
      self.init(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default:
      self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
