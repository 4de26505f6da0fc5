internal import HIPlanning

/// The paper's figures and tables, published and recomputed.
enum PaperSections {
  static func sections(_ paper: PaperReport?, _ catalogue: DeviceCatalogue?) -> [ReportSection] {
    guard let paper else { return [] }
    var figures = ReportSection("Figures of the paper")
    if let catalogue { figures.figures.append(CatalogueFigure.figure(catalogue)) }
    for section in paper.figures where section.id != "Figure 1" {
      figures.figures += units(section).compactMap { figure(section, unit: $0) }
    }
    var tables = ReportSection("Tables of the paper")
    let all = (paper.tables + [paper.claims]).flatMap(\.rows)
    let follows = all.count { $0.follows == true }
    let judged = all.count { $0.follows != nil }
    tables.words = [
      "\(follows) of \(judged) published figures follow from the paper's other figures by its equations."
    ]
    tables.tables = (paper.tables + [paper.claims]).map { section in
      ReportSection.NamedTable(
        id: identifier(section.id), title: "\(section.id): \(section.title)",
        table: DataTable(
          columns: ["figure", "unit", "published", "recomputed", "difference", "follows", "how"],
          rows: section.rows.map(cells)))
    }
    return [figures, tables]
  }

  private static func cells(_ row: PaperRow) -> [DataTable.Cell] {
    [
      .text(row.label), .text(row.unit), .optional(row.published), .optional(row.recomputed),
      .optional(row.difference), row.follows.map { .text($0 ? "yes" : "no") } ?? .missing,
      .text([row.formula, row.note].compactMap { $0 }.joined(separator: "; ")),
    ]
  }

  private static func identifier(_ name: String) -> String {
    "paper-" + name.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
  }

  private static func units(_ section: PaperSection) -> [String] {
    section.rows.map(\.unit).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func figure(_ section: PaperSection, unit: String) -> Figure? {
    let rows = section.rows.filter { $0.unit == unit }
    let values = rows.flatMap { [$0.published, $0.recomputed].compactMap { $0 } }
    guard let least = values.min(), let most = values.max() else { return nil }
    let isShare = unit == "%"
    let quantity = isShare ? "accuracy" : unit == "ms" ? "latency" : "energy"
    let axis = Axis(
      quantity: isShare ? quantity : "\(quantity) per inference", unit: unit,
      domain: .covering(
        values, kind: isShare ? .linear : .logarithmic, limits: isShare ? 0...100 : nil))
    let drawn = rows.map { row in
      var marks: [RowMark] = []
      for (name, value, colour, shape) in [
        ("published", row.published, 0, MarkerShape.circle),
        ("recomputed", row.recomputed, 1, MarkerShape.diamond),
      ] {
        guard let value else { continue }
        marks.append(
          .dot(
            value, colour: colour, shape: shape, series: name,
            text: "\(row.label), \(name): \(axis.text(value))"))
      }
      return RowChart.Row(
        label: row.label, valueText: (row.published ?? row.recomputed).map(axis.text) ?? "",
        marks: marks)
    }
    let low = rows.first { ($0.published ?? $0.recomputed) == least }?.label ?? ""
    let high = rows.first { ($0.published ?? $0.recomputed) == most }?.label ?? ""
    return Figure(
      id: "\(identifier(section.id))-\(quantity)",
      finding: "\(section.id): from \(axis.text(least)) (\(low)) to \(axis.text(most)) (\(high))",
      note: section.title
        + (isShare ? "." : ". The axis is logarithmic: equal distances are equal ratios."),
      alternative: "\(rows.count) published or recomputed figures, a dot each.",
      table: DataTable(
        columns: ["figure", "published \(unit)", "recomputed \(unit)"],
        rows: rows.map { [.text($0.label), .optional($0.published), .optional($0.recomputed)] })
    ) {
      RowChart(
        axis: axis, rows: drawn,
        legend: Legend(entries: [
          .init(text: "published", colour: 0, symbol: .marker(.circle)),
          .init(text: "recomputed", colour: 1, symbol: .marker(.diamond)),
        ])
      ).drawing(id: $0, title: $1, description: $2)
    }
  }
}
