import Foundation

/// Rows of text in aligned columns: words to the left, figures to the right.
struct TextTable {
  let header: [String]
  var rows: [[String]] = []
  /// Cells that mean something good or bad, by their whole text.
  var tones: [String: Tone] = ["yes": .good, "no": .bad]

  /// The table as standard output's reader sees it.
  var text: String { text(on: .output) }

  /// The table with a line under its header.
  func text(on terminal: Terminal) -> String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    let isFigures = header.indices.map { column in
      column > 0 && rows.allSatisfy { Self.isFigure($0[column]) }
    }
    func line(_ cells: [String], tone: (String) -> Tone?) -> String {
      let last = cells.count - 1
      return cells.indices.map { column in
        let cell = cells[column]
        let shown = tone(cell).map { $0.applied(to: cell, on: terminal) } ?? cell
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if isFigures[column] { return padding + shown }
        return column == last ? shown : shown + padding
      }.joined(separator: "  ")
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return
      ([line(header) { _ in .heading }, Tone.faint.applied(to: rule, on: terminal)]
      + rows.map { line($0) { tones[$0] } }).joined(separator: "\n")
  }

  /// Whether a cell is a number, with or without a unit, or stands for a missing one.
  private static func isFigure(_ cell: String) -> Bool {
    guard let first = cell.first(where: { $0 != "-" && $0 != "+" && $0 != "−" }) else {
      return true
    }
    return first.isASCII && first.isNumber
  }
}
