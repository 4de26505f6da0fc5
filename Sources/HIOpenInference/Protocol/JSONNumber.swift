/// A JSON number while it is read: its digits as one integer, and where the point is.
///
/// Numbers of up to 19 digits whose powers of ten a double holds are exact without a general parser
/// (Clinger, 1990); tensors have hundreds of thousands of such.
struct JSONNumber {
  private var isNegative = false
  private var digits: UInt64 = 0
  private var overflows = false
  private var exponent = 0
  private var isWhole = true

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Goes over a number; false where the grammar is broken.
  mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from place: inout Int) -> Bool {
    if place < bytes.count, bytes[place] == UInt8(ascii: "-") {
      isNegative = true
      place += 1
    }
    let start = place
    guard scanDigits(bytes, from: &place) else { return false }
    // A leading zero stands alone.
    guard bytes[start] != UInt8(ascii: "0") || place == start + 1 else { return false }
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      isWhole = false
      place += 1
      let fraction = place
      guard scanDigits(bytes, from: &place) else { return false }
      exponent -= place - fraction
    }
    if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      place += 1
      var isSmall = false
      if place < bytes.count, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+")
      {
        isSmall = bytes[place] == UInt8(ascii: "-")
        place += 1
      }
      let start = place
      var power = 0
      while place < bytes.count, let digit = Self.digit(bytes[place]) {
        power = min(power * 10 + digit, 100_000)
        place += 1
      }
      guard place > start else { return false }
      exponent += isSmall ? -power : power
    }
    return true
  }

  /// The value, or nil where no double holds it; `text` is the whole number.
  func value(_ text: UnsafeBufferPointer<UInt8>) -> JSONDocument? {
    if isWhole, !overflows {
      if !isNegative {
        return Int64(exactly: digits).map { .integer($0) } ?? .unsigned(digits)
      }
      if digits == 0 { return .real(-0.0) }
      if digits <= Int64.max.magnitude + 1 {
        return .integer(Int64(truncatingIfNeeded: 0 &- digits))
      }
    }
    if !overflows, digits < 1 << 53, abs(exponent) < Self.powersOfTen.count {
      let power = Self.powersOfTen[abs(exponent)]
      let magnitude = exponent < 0 ? Double(digits) / power : Double(digits) * power
      return .real(isNegative ? -magnitude : magnitude)
    }
    guard let general = Double(String(decoding: text, as: UTF8.self)), general.isFinite else {
      return nil
    }
    return .real(general)
  }

  private mutating func scanDigits(
    _ bytes: UnsafeBufferPointer<UInt8>, from place: inout Int
  ) -> Bool {
    let start = place
    while place < bytes.count, let digit = Self.digit(bytes[place]) {
      let (product, first) = digits.multipliedReportingOverflow(by: 10)
      let (sum, second) = product.addingReportingOverflow(UInt64(digit))
      overflows = overflows || first || second
      digits = sum
      place += 1
    }
    return place > start
  }

  private static func digit(_ byte: UInt8) -> Int? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? Int(value) : nil
  }
}
