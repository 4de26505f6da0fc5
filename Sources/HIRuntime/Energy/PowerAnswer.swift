internal import Foundation

/// A power analyser's answer to the query for its power.
enum PowerAnswer {
  /// The power in mW, or nil where the text is no power.
  ///
  /// The answer is a number in W, as SCPI writes numbers (`1.234`, `+1.234E+00`), alone or the first of
  /// several with commas between them. SCPI's not-a-number is 9.91E37 and its infinity 9.9E37.
  static func milliwatts(_ text: String) -> Double? {
    guard let field = text.split(separator: ",", omittingEmptySubsequences: false).first else {
      return nil
    }
    var number = field.trimmingCharacters(in: .whitespaces)
    if number.hasSuffix("W") { number = number.dropLast().trimmingCharacters(in: .whitespaces) }
    guard number.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }),
      let watts = Double(number), watts >= 0, watts < 9.9e36
    else { return nil }
    return watts * 1000
  }
}
