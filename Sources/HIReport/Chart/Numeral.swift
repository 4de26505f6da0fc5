internal import Foundation

/// Numbers as people read them.
enum Numeral {
  /// Four significant digits at most, without trailing zeros; small numbers keep two digits.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value == 0 { return "0" }
    let magnitude = abs(value)
    if magnitude >= 1000 { return String(format: "%.0f", value) }
    if magnitude < 0.000_1 { return String(format: "%.1e", value) }
    let digits = magnitude >= 100 ? 1 : magnitude >= 1 ? 2 : magnitude >= 0.01 ? 3 : 5
    var text = String(format: "%.\(digits)f", value)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// A share as a percentage: `0.9417` is `94.2%`.
  static func percent(_ share: Double, digits: Int = 1) -> String {
    guard share.isFinite else { return "–" }
    return String(format: "%.\(digits)f%%", 100 * share)
  }

  /// A position in a drawing.
  static func position(_ value: Double) -> String {
    let text = String(format: "%.2f", value)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }
}
