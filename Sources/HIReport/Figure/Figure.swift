/// A drawing that states what it shows, with its data.
public struct Figure: Sendable, Equatable {
  /// What it is called in file names and links: lower-case words with hyphens.
  public let id: String
  /// What it shows, in words computed from the data.
  public let finding: String
  /// How it came about, and what a reader has to know.
  public let note: String
  /// The data.
  public let table: DataTable
  let drawing: Drawing

  /// - Parameters:
  ///   - alternative: what a reader who cannot see it is told beside the finding.
  ///   - draw: makes the drawing of an id, a title and a description.
  init(
    id: String, finding: String, note: String, alternative: String, table: DataTable,
    draw: (_ id: String, _ title: String, _ description: String) -> Drawing
  ) {
    self.id = id
    self.finding = finding
    self.note = note
    self.table = table
    drawing = draw(id, finding, alternative)
  }

  /// The drawing as an SVG file.
  public var svg: String { drawing.standalone.xml }

  /// The figure in a page.
  var markup: Markup {
    Markup(
      "figure", ["class": "card", "id": id],
      [
        Markup("h3", [:], text: finding), drawing.inline, Markup("figcaption", [:], text: note),
        Markup(
          "details", [:],
          [
            Markup("summary", [:], text: "Data"), table.download(name: id),
            Markup("div", ["class": "scroll"], [table.markup]),
          ]),
      ])
  }
}
