import ArgumentParser
import HIData
import HIPlanning
import HIReport

/// `hi paper`: the paper's tables, recomputed and set beside the published figures.
struct PaperCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paper",
    abstract: "Recomputes the paper's tables, figures and claims from its own measurements.",
    discussion: """
      Each row has the published value, what equations (1) to (4) make of the paper's other figures, \
      and whether the one follows from the others.
      """)

  @Option(help: "Only the table or figure of this name, for example \"Table 6\", or claims.")
  var only: String?

  @OptionGroup var page: ReportOption

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let catalogue = try DeviceCatalogue.paper()
    let report = PaperReport(catalogue)
    var material = ReportMaterial(
      title: "The paper's figures, recomputed", provenance: .ofThisCommand)
    material.paper = report
    material.catalogue = catalogue
    try page.write(material)
    guard !json else { return try printJSON(report) }
    let sections = report.tables + report.figures + [report.claims]
    let wanted = sections.filter { section in
      only.map { section.id.lowercased() == $0.lowercased() } ?? true
    }
    guard !wanted.isEmpty else {
      let names = sections.map(\.id)
      let meant = NearestName.suggestion(for: only ?? "", among: names)
      throw CommandFailure(
        "There is no '\(only ?? "")'; "
          + (meant.map { "did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", ")).")
      )
    }
    print(wanted.map(\.text).joined(separator: "\n\n"))
  }
}

extension PaperSection {
  /// The rows as a person reads them; formulas and notes below the table.
  var text: String {
    var table = TextTable(header: [
      "figure", "unit", "published", "recomputed", "difference", "follows",
    ])
    var notes: [String] = []
    for row in rows {
      var mark = ""
      let words = [row.formula, row.note].compactMap { $0 }.joined(separator: "; ")
      if row.follows == false, !words.isEmpty {
        notes.append(words)
        mark = " [\(notes.count)]"
      }
      table.rows.append([
        row.label, row.unit, row.published.map(Self.figure) ?? "-",
        row.recomputed.map(Self.figure) ?? "-", row.difference.map(Self.figure) ?? "-",
        (row.follows.map { $0 ? "yes" : "no" } ?? "-") + mark,
      ])
    }
    let footnotes = notes.enumerated().map { "  [\($0 + 1)] \($1)" }
    return (["\(id): \(title)", table.text] + footnotes).joined(separator: "\n")
  }

  private static func figure(_ value: Double) -> String {
    abs(value) < 10 ? value.fixed(3) : value.fixed(2)
  }
}
