/// About how wide text is drawn, for placing things beside it: fonts differ between machines, so it is
/// a little generous.
enum TextWidth {
  /// The size of text in drawings, in the drawing's units.
  static let fontSize = 12.0

  /// About how wide a text is at a size.
  static func of(_ text: String, size: Double = fontSize) -> Double {
    text.reduce(0.0) { sum, character in
      switch character {
      case "i", "j", "l", ".", ",", ":", ";", "'", "|", " ", "(", ")", "f", "t", "-": sum + 0.36
      case "m", "w", "M", "W", "%", "@": sum + 0.9
      default: sum + (character.isUppercase ? 0.7 : 0.58)
      }
    } * size
  }

  /// The text broken at spaces into lines that are not wider than asked for.
  static func lines(_ text: String, within width: Double, size: Double = fontSize) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if of(longer, size: size) > width, !line.isEmpty {
        lines.append(line)
        line = String(word)
      } else {
        line = longer
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
