import Foundation

extension Double {
  /// A share as a percentage: `0.21573` with one digit is `21.6%`.
  func percent(_ digits: Int = 2) -> String { String(format: "%.\(digits)f%%", self * 100) }

  /// The value with a fixed number of digits behind the point.
  func fixed(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}

extension Duration {
  /// The duration in milliseconds.
  var milliseconds: Double { self / .milliseconds(1) }
}
