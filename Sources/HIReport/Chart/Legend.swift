/// What the marks of a chart mean, in lines above it, where it covers nothing.
struct Legend: Sendable {
  struct Entry: Sendable {
    /// How the entry's mark looks.
    enum Symbol: Sendable {
      case line
      case marker(MarkerShape, hollow: Bool = false)
      case box
      case reference
      case requirement
    }
    let text: String
    let colour: Int
    let symbol: Symbol
  }

  var entries: [Entry]
  private static let lineHeight = 19.0
  private static let symbolWidth = 24.0

  /// The entries in lines, each with where it begins.
  private func lines(width: Double) -> [[(x: Double, entry: Entry)]] {
    var lines: [[(x: Double, entry: Entry)]] = []
    var x = 0.0
    for entry in entries {
      let needed = Self.symbolWidth + TextWidth.of(entry.text) + 14
      if lines.isEmpty || (x + needed - 14 > width && x > 0) {
        lines.append([])
        x = 0
      }
      lines[lines.count - 1].append((x, entry))
      x += needed
    }
    return lines
  }

  /// How high it is.
  func height(width: Double) -> Double {
    entries.isEmpty ? 0 : Double(lines(width: width).count) * Self.lineHeight + 4
  }

  /// The drawing, from its upper left corner on.
  func markup(x: Double, y: Double, width: Double) -> [Markup] {
    lines(width: width).enumerated().flatMap { row, line in
      line.flatMap { offset, entry in
        let left = x + offset
        let middle = y + (Double(row) + 0.5) * Self.lineHeight
        return [
          symbol(entry, left, middle),
          Markup(
            "text",
            [
              "x": Numeral.position(left + Self.symbolWidth), "y": Numeral.position(middle + 4),
            ], text: entry.text),
        ]
      }
    }
  }

  private func symbol(_ entry: Entry, _ x: Double, _ y: Double) -> Markup {
    func line(_ kind: String, _ dashes: String?) -> Markup {
      Markup(
        "line",
        [
          "class": kind, "x1": Numeral.position(x), "x2": Numeral.position(x + 19),
          "y1": Numeral.position(y), "y2": Numeral.position(y), "stroke-dasharray": dashes,
        ])
    }
    func box(_ kind: String) -> Markup {
      Markup(
        "rect",
        [
          "class": kind, "x": Numeral.position(x + 3), "y": Numeral.position(y - 6),
          "width": "12", "height": "12",
        ])
    }
    switch entry.symbol {
    case .line: return line("line l\(entry.colour)", Palette.dashes(entry.colour))
    case .reference: return line("reference", nil)
    case .box: return box("bar f\(entry.colour)")
    case .requirement: return box("requirement")
    case .marker(let shape, let isHollow):
      return Markup(
        "path",
        [
          "class": isHollow ? "hollow l\(entry.colour)" : "dot f\(entry.colour)",
          "transform": "translate(\(Numeral.position(x + 9)) \(Numeral.position(y)))",
          "d": shape.path(radius: 4.5),
        ])
    }
  }
}
