/// The paper's tables, figures and claims: published, recomputed, and the difference.
public struct PaperReport: Codable, Sendable, Equatable {
  /// `hi.paper/1`.
  public var schema = "hi.paper/1"
  /// Tables 3 to 8.
  public var tables: [PaperSection]
  /// The data of Figures 1, 3, 4, 5 and 7.
  public var figures: [PaperSection]
  /// The headline claims and Table 5's preferences, re-derived.
  public var claims: PaperSection
}

/// A table or a figure.
public struct PaperSection: Codable, Sendable, Equatable {
  /// `Table 6`.
  public var id: String
  /// What it shows.
  public var title: String
  /// Its figures.
  public var rows: [PaperRow]

  /// Makes a section.
  public init(id: String, title: String, rows: [PaperRow]) {
    self.id = id
    self.title = title
    self.rows = rows
  }
}

/// One published figure beside what the other published figures make of it.
public struct PaperRow: Codable, Sendable, Equatable {
  /// What the figure is of.
  public var label: String
  /// `ms`, `mJ`, `%`, `x`, `points`.
  public var unit: String
  /// As printed; nil where the paper draws but does not print it.
  public var published: Double?
  /// From other published figures; nil where nothing in the paper leads to it.
  public var recomputed: Double?
  /// Recomputed minus published.
  public var difference: Double?
  /// How it was recomputed, with its numbers.
  public var formula: String?
  /// Whether the published figure follows, within one unit of its last digit; nil where it was not
  /// recomputed.
  public var follows: Bool?
  /// What a reader has to know.
  public var note: String?

  /// Makes a row.
  ///
  /// - Parameters:
  ///   - label: what the figure is of.
  ///   - unit: its unit, as printed.
  ///   - published: the paper's figure; nil where it prints none.
  ///   - recomputed: ours, by the formula; nil where it cannot be recomputed.
  ///   - unitOfLastDigit: one unit of the last printed digit; what differs by less follows.
  ///   - formula: how it was recomputed, with its numbers.
  ///   - note: what a reader has to know.
  public init(
    _ label: String, unit: String, published: Double?, recomputed: Double? = nil,
    unitOfLastDigit: Double = 0.01, formula: String? = nil, note: String? = nil
  ) {
    self.label = label
    self.unit = unit
    self.published = published
    self.recomputed = recomputed
    self.formula = formula
    self.note = note
    if let published, let recomputed {
      difference = recomputed - published
      follows = abs(recomputed - published) < unitOfLastDigit * (1 + 1e-9)
    } else {
      difference = nil
      follows = nil
    }
  }
}
