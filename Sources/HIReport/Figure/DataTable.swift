internal import Foundation

/// The data behind a figure: what its table and its CSV file hold.
public struct DataTable: Sendable, Equatable {
  /// A cell.
  public enum Cell: Sendable, Equatable {
    /// Words.
    case text(String)
    /// A figure, in the unit that its column names.
    case number(Double)
    /// Nothing is known.
    case missing

    /// A figure, or nothing.
    public static func optional(_ value: Double?) -> Cell { value.map { .number($0) } ?? .missing }
  }

  /// The columns' names, each with its unit.
  public var columns: [String]
  /// One cell a column.
  public var rows: [[Cell]]

  /// Makes a table.
  public init(columns: [String], rows: [[Cell]]) {
    self.columns = columns
    self.rows = rows
  }

  /// The table as RFC 4180 has it, with all digits of its figures.
  public var csv: String {
    let lines = [columns.map(Self.quoted)] + rows.map { $0.map(Self.field) }
    return lines.map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  private static func field(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): quoted(text)
    case .number(let value): value.isFinite ? "\(value)" : ""
    case .missing: ""
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { "\",\r\n".contains($0) || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// The table in a page.
  var markup: Markup {
    Markup(
      "table", [:],
      [
        Markup("thead", [:], [Markup("tr", [:], columns.indices.map(heading))]),
        Markup("tbody", [:], rows.map { Markup("tr", [:], $0.map(Self.cell)) }),
      ])
  }

  /// A column's name, on the side where its cells stand.
  private func heading(_ column: Int) -> Markup {
    var holdsWords = false
    if case .text? = rows.first?[column] { holdsWords = true }
    return Markup("th", ["class": holdsWords ? "words" : nil], text: columns[column])
  }

  private static func cell(_ cell: Cell) -> Markup {
    switch cell {
    case .text(let text):
      Markup("td", ["class": text.count > 34 ? "long" : "words"], text: text)
    case .number(let value): Markup("td", ["data-value": "\(value)"], text: Numeral.short(value))
    case .missing: Markup("td", [:], text: "–")
    }
  }

  /// The CSV file inside the page.
  func download(name: String) -> Markup {
    let allowed = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~,()/:;")
    let data = csv.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    return Markup(
      "a",
      [
        "class": "download", "download": "\(name).csv",
        "href": "data:text/csv;charset=utf-8,\(data)",
      ], text: "\(name).csv")
  }
}
