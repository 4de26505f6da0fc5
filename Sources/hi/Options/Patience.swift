import ArgumentParser

/// How long an option may have anything waited for.
enum Patience {
  /// In milliseconds: ten minutes at most, far below what 32 bits of the wire protocol hold.
  static let milliseconds = 1...600_000

  /// Refuses a value outside.
  ///
  /// - Parameters:
  ///   - value: what was given, in milliseconds.
  ///   - option: whose it is, with its dashes.
  static func check(_ value: Int, of option: String) throws {
    guard !milliseconds.contains(value) else { return }
    throw ValidationError(
      "\(option) is from \(milliseconds.lowerBound) to \(milliseconds.upperBound) milliseconds, not "
        + "\(value).")
  }
}
