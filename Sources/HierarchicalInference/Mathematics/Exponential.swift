/// The exponential function without a C library.
///
/// Written in plain IEEE-754 single precision without fused operations, so that a host, a phone and a
/// Cortex-M give the same bits for the same logits, and a decision made offline is the decision made
/// on the device. Range reduction `x = n ln 2 + r`, `|r| <= ln 2 / 2`, then a degree-6 minimax
/// polynomial for `e^r` (the coefficients are those of the Cephes library's `expf`). The relative
/// error is below 2 units in the last place for results in the normal range; results below the
/// smallest normal number are zero.
@inlinable
@inline(__always)
func exponential(_ x: SIMD4<Float>) -> SIMD4<Float> {
  // Adding 1.5 * 2^23 rounds to an integer and leaves that integer in the low mantissa bits, which
  // saves the library call that `rounded()` is on processors without a rounding instruction.
  let magic: Float = 12_582_912
  let tooSmall = x .< SIMD4(repeating: smallestNormalExponent)
  let clamped = x.replacing(with: smallestNormalExponent, where: tooSmall)
    .replacing(with: largestFiniteExponent, where: x .> SIMD4(repeating: largestFiniteExponent))
  let shifted = clamped * 1.442_695_04 + magic
  let n = shifted - magic
  let r = (clamped - n * 0.693_359_375) - n * -2.121_944_4e-4
  var polynomial = r * 1.987_569_15e-4 + 1.398_199_95e-3
  polynomial = polynomial * r + 8.333_451_9e-3
  polynomial = polynomial * r + 4.166_579_6e-2
  polynomial = polynomial * r + 1.666_666_55e-1
  polynomial = polynomial * r + 0.5
  let power = polynomial * (r * r) + r + 1
  let exponent =
    unsafeBitCast(shifted, to: SIMD4<Int32>.self)
    &- SIMD4(repeating: Int32(bitPattern: magic.bitPattern))
  let scale = unsafeBitCast((exponent &+ 127) &<< 23, to: SIMD4<Float>.self)
  return (power * scale).replacing(with: 0, where: tooSmall)
}

/// The largest `x` for which `e^x` is finite with an exponent field below all ones, rounded down.
@usableFromInline let largestFiniteExponent: Float = 88
/// The smallest `x` for which `e^x` is a normal single-precision number, rounded up.
@usableFromInline let smallestNormalExponent: Float = -87

/// `e^x` of one value; the same bits as a lane of the vector form.
///
/// - Parameter x: any value; NaN gives NaN, below -87 gives 0, above 88 gives `e^88`.
@inlinable
public func exponential(_ x: Float) -> Float {
  if x != x { return x }
  return exponential(SIMD4(repeating: x))[0]
}

/// The natural logarithm of a positive, finite, normal value, without a C library.
///
/// Splits off the exponent and evaluates the Cephes library's `logf` polynomial on the mantissa in
/// `[sqrt(1/2), sqrt(2))`. The error is below 2 units in the last place.
///
/// - Parameter x: a positive normal number; 0 gives minus infinity, a negative value or NaN gives NaN,
///   infinity gives infinity.
public func naturalLogarithm(_ x: Float) -> Float {
  if !(x >= 0) { return .nan }
  if x < .leastNormalMagnitude { return -.infinity }
  if x == .infinity { return x }
  var exponent = Float(x.exponent) + 1
  var mantissa = x.significand * 0.5
  if mantissa < 0.707_106_78 {
    exponent -= 1
    mantissa += mantissa
  }
  let m = mantissa - 1
  var polynomial: Float = 7.037_683_6e-2
  polynomial = polynomial * m - 1.151_461e-1
  polynomial = polynomial * m + 1.167_699_87e-1
  polynomial = polynomial * m - 1.242_014_08e-1
  polynomial = polynomial * m + 1.424_932_28e-1
  polynomial = polynomial * m - 1.666_805_77e-1
  polynomial = polynomial * m + 2.000_071_48e-1
  polynomial = polynomial * m - 2.499_999_4e-1
  polynomial = polynomial * m + 3.333_333_1e-1
  let square = m * m
  var result = polynomial * m * square
  result += exponent * -2.121_944_4e-4
  result -= 0.5 * square
  result += m
  return result + exponent * 0.693_359_375
}

/// The logistic function `1 / (1 + e^-x)`, without overflow on either side.
@inlinable
public func sigmoid(_ x: Float) -> Float {
  if x >= 0 { return 1 / (1 + exponential(-x)) }
  let e = exponential(x)
  return e / (1 + e)
}
