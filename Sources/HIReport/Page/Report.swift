internal import Foundation

/// A report: what a run, an evaluation or a plan showed, in figures that state what they show.
///
///     let report = Report(material)
///     try report.write(.html, to: "report.html")
///
/// The page is one file: no script, nothing fetched, light and dark, for paper and for phones.
public struct Report: Sendable, Equatable {
  /// The page's title.
  public let title: String
  /// What came out, a sentence each.
  public let summary: [String]
  /// The parts.
  public let sections: [ReportSection]

  init(title: String, summary: [String], sections: [ReportSection]) {
    self.title = title
    self.summary = summary
    self.sections = sections.filter { !$0.isEmpty }
  }

  /// All figures, in the page's order.
  public var figures: [Figure] { sections.flatMap(\.figures) }

  /// The page.
  public var html: String {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    let head = Markup(
      "head", [:],
      [
        Markup("meta", ["charset": "utf-8"]),
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        // The browser itself then refuses whatever a page might fetch.
        Markup("meta", ["http-equiv": "Content-Security-Policy", "content": policy]),
        Markup("meta", ["name": "color-scheme", "content": "light dark"]),
        Markup("link", ["rel": "icon", "href": "data:,"]),
        Markup("title", [:], text: title),
        Markup("style", [:], [.stylesheet(Stylesheet.page)]),
      ])
    let header = Markup(
      "header", [:],
      [Markup("h1", [:], text: title)]
        + summary.map { Markup("p", ["class": "lead"], text: $0) }
        + [
          Markup(
            "nav", [:],
            sections.map { Markup("a", ["href": "#\($0.anchor)"], text: $0.title) })
        ])
    let footer = Markup(
      "footer", [:],
      text: "Point at a mark to read its value. Under each figure are its data as a table and as a "
        + "CSV file.")
    let body = Markup(
      "body", [:], [header, Markup("main", [:], sections.map(\.markup)), footer])
    return "<!DOCTYPE html>\n" + Markup("html", ["lang": "en"], [head, body]).xml + "\n"
  }
}
