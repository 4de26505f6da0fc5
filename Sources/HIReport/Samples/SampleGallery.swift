/// Samples of one kind, as pictures.
public struct SampleGallery: Sendable, Equatable {
  /// One sample.
  struct Picture: Sendable, Equatable {
    let source: String
    let lines: [String]
  }

  /// Unique in a page.
  let id: String
  /// What kind, and how many there are.
  public let title: String
  let note: String
  let pictures: [Picture]

  var markup: Markup {
    Markup(
      "section", ["class": "card wide", "id": id],
      [
        Markup("h3", [:], text: title),
        Markup("p", ["class": "quiet"], text: note),
        Markup(
          "div", ["class": "gallery"],
          pictures.map { picture in
            let lines = picture.lines.flatMap { [Markup.text($0), Markup("br")] }.dropLast()
            return Markup(
              "figure", ["class": "sample"],
              [
                Markup(
                  "img", ["src": picture.source, "alt": picture.lines.joined(separator: ", ")]),
                Markup("div", [:], Array(lines)),
              ])
          }),
      ])
  }
}
