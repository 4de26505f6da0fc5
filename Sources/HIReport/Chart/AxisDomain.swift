internal import Foundation

/// The values that an axis spans, with its ends on round numbers.
struct AxisDomain: Sendable, Equatable {
  /// How values become positions.
  enum Kind: String, Sendable {
    /// Equal differences are equal distances.
    case linear
    /// Equal ratios are equal distances.
    case logarithmic
  }

  let kind: Kind
  let lower: Double
  let upper: Double
  /// Where grid lines and labels stand, ascending.
  let ticks: [Double]
  /// Digits behind the point of a linear axis's labels.
  private let digits: Int

  /// A domain that covers values.
  ///
  /// - Parameters:
  ///   - values: what is to lie inside; NaN and infinities are passed over, as are values that are not
  ///     positive on a logarithmic axis.
  ///   - limits: what a value can be at all, for example 0 to 100 for a percentage.
  ///   - count: about how many ticks.
  static func covering(
    _ values: [Double], kind: Kind = .linear, limits: ClosedRange<Double>? = nil, count: Int = 5
  ) -> AxisDomain {
    let usable = values.filter { $0.isFinite && (kind == .linear || $0 > 0) }
    guard let least = usable.min(), let most = usable.max() else {
      return covering(kind == .linear ? [0, 1] : [1, 10], kind: kind)
    }
    return kind == .linear
      ? linear(least, most, limits, count) : logarithmic(least, most)
  }

  private static func linear(
    _ least: Double, _ most: Double, _ limits: ClosedRange<Double>?, _ count: Int
  ) -> AxisDomain {
    var (least, most) = (least, most)
    if least == most {
      let room = least == 0 ? 1 : abs(least) * 0.05
      (least, most) = (least >= 0 ? max(0, least - room) : least - room, most + room)
    }
    let step = niceStep((most - least) / Double(count))
    var first = (least / step + 1e-9).rounded(.down)
    var last = (most / step - 1e-9).rounded(.up)
    if let limits {
      first = max(first, (limits.lowerBound / step).rounded(.up))
      last = min(last, (limits.upperBound / step).rounded(.down))
    }
    let ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    let digits = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
    return AxisDomain(
      kind: .linear, lower: min(first * step, least), upper: max(last * step, most), ticks: ticks,
      digits: digits)
  }

  private static func logarithmic(_ least: Double, _ most: Double) -> AxisDomain {
    let decades = Int(log10(least).rounded(.down))...Int(log10(most).rounded(.up))
    let all = decades.flatMap { decade in [1, 2, 5].map { $0 * pow(10, Double(decade)) } }
    let lower = all.last { $0 <= least * (1 + 1e-9) } ?? least
    let upper = all.first { $0 >= most * (1 - 1e-9) && $0 > lower } ?? most
    let inside = all.filter { $0 >= lower && $0 <= upper }
    let powers = inside.filter { abs(log10($0) - log10($0).rounded()) < 1e-9 }
    return AxisDomain(
      kind: .logarithmic, lower: lower, upper: upper,
      ticks: powers.count > 2 ? powers : inside, digits: 0)
  }

  /// The round step (1, 2, 2.5 or 5 times a power of ten) that is at least as large.
  private static func niceStep(_ raw: Double) -> Double {
    let power = pow(10, log10(raw).rounded(.down))
    let factor = raw / power
    let nice = [1, 2, 2.5, 5, 10].first { factor <= $0 * (1 + 1e-9) } ?? 10
    return nice * power
  }

  /// A tick's label.
  func label(_ tick: Double) -> String {
    kind == .linear ? String(format: "%.\(digits)f", tick + 0) : String(format: "%g", tick)
  }
}
