/// What an axis shows: a quantity, its unit, and the values that it spans.
struct Axis: Sendable, Equatable {
  /// The quantity, for example `accuracy`.
  let quantity: String
  /// Its unit, for example `%`; nil for a plain number.
  let unit: String?
  let domain: AxisDomain

  /// The quantity with its unit.
  var title: String { unit.map { "\(quantity) (\($0))" } ?? quantity }

  /// A value with its unit, as it is read out.
  func text(_ value: Double) -> String {
    switch unit {
    case "%": Numeral.short(value) + "%"
    case let unit?: Numeral.short(value) + " " + unit
    case nil: Numeral.short(value)
    }
  }
}
