/// The colours of marks: those of Okabe and Ito (2008), which people of every colour vision tell apart.
///
/// A drawing names a colour by its number; the style sheet says what it looks like.
enum Palette {
  /// In the order of their numbers: blue, vermillion, bluish green, sky blue, orange, reddish purple,
  /// grey and yellow.
  static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#56b4e9", "#e69f00", "#cc79a7", "#808790", "#b8a800",
  ]

  /// The number of the colour for things that are neither one nor the other.
  static let neutral = 6

  /// The colour that a strategy has in every figure.
  static func colour(ofStrategy strategy: String) -> Int {
    let known = ["on-device", "remote", "hi", "ee", "ee-hi", "joint"]
    return known.firstIndex(of: strategy) ?? neutral
  }

  /// How the line of a series is broken, so that lines are told apart without their colours.
  static func dashes(_ colour: Int) -> String? {
    [nil, "7 3", nil, "2 2.5", "9 3 2 3", "5 2", "3 3", "1 3"][colour % 8]
  }
}
