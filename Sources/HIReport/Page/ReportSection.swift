/// A part of a report: a heading, some words, figures, tables and pictures.
public struct ReportSection: Sendable, Equatable {
  /// A table with a heading of its own.
  public struct NamedTable: Sendable, Equatable {
    /// The file name and link: lower-case words with hyphens.
    public let id: String
    /// The heading.
    public let title: String
    /// The data.
    public let table: DataTable
  }

  /// The heading.
  public let title: String
  /// What the section is about, a sentence each.
  public var words: [String] = []
  /// The figures.
  public var figures: [Figure] = []
  /// The tables.
  public var tables: [NamedTable] = []
  /// The pictures.
  public var galleries: [SampleGallery] = []

  init(_ title: String) { self.title = title }

  /// Whether there is nothing in it.
  var isEmpty: Bool { figures.isEmpty && tables.isEmpty && galleries.isEmpty && words.isEmpty }

  /// The heading's anchor.
  var anchor: String {
    "section-" + title.lowercased().map { $0.isLetter ? String($0) : "-" }.joined()
  }

  var markup: Markup {
    let cards =
      figures.map(\.markup)
      + tables.map { named in
        Markup(
          "section", ["class": "card wide", "id": named.id],
          [
            Markup("h3", [:], text: named.title),
            Markup("div", ["class": "scroll full"], [named.table.markup]),
            Markup("p", [:], [named.table.download(name: named.id)]),
          ])
      } + galleries.map(\.markup)
    return Markup(
      "section", [:],
      [Markup("h2", ["id": anchor], text: title)]
        + words.map { Markup("p", ["class": "quiet"], text: $0) }
        + (cards.isEmpty ? [] : [Markup("div", ["class": "figures"], cards)]))
  }
}
