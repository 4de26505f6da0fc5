/// A finished drawing: an SVG with a title and a description for those who cannot see it.
struct Drawing: Sendable, Equatable {
  /// The width of every drawing, in its own units: a phone shows one across, a desktop several.
  static let width = 440.0

  /// Unique in a page.
  let id: String
  let title: String
  /// The text alternative.
  let description: String
  let height: Double
  let content: [Markup]

  private var label: [Markup] {
    [
      Markup("title", ["id": "\(id)-title"], text: title),
      Markup("desc", ["id": "\(id)-desc"], text: description),
    ]
  }

  /// The drawing as a part of a page, which has the style sheet and shows the title.
  var inline: Markup {
    Markup(
      "svg",
      [
        "role": "img", "aria-labelledby": "\(id)-title \(id)-desc", "class": "chart",
        "viewBox": "0 0 \(Numeral.position(Self.width)) \(Numeral.position(height))",
      ], label + content)
  }

  /// The drawing as a file of its own, with its title above it.
  var standalone: Markup {
    let size = 15.0
    let lines = TextWidth.lines(title, within: Self.width - 8, size: size)
    let top = Double(lines.count) * 20 + 8
    let heading = lines.enumerated().map { row, line in
      Markup(
        "text",
        ["class": "heading", "x": "2", "y": Numeral.position(Double(row) * 20 + 17 - top)],
        text: line)
    }
    let total = Numeral.position(height + top)
    let width = Numeral.position(Self.width)
    return Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "role": "img",
        "aria-labelledby": "\(id)-title \(id)-desc", "class": "chart", "width": width,
        "height": total, "viewBox": "0 \(Numeral.position(-top)) \(width) \(total)",
      ],
      label + [
        Markup("style", [:], [.stylesheet(Stylesheet.drawing)]),
        Markup(
          "rect",
          [
            "class": "paper", "x": "0", "y": Numeral.position(-top), "width": width,
            "height": total,
          ]),
      ] + heading + content)
  }
}
