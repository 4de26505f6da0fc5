internal import Foundation

/// Maps the values of an axis onto positions in a drawing, and back.
struct Scale: Sendable, Equatable {
  let domain: AxisDomain
  /// Where the domain's lower end lies.
  let start: Double
  /// Where its upper end lies.
  let end: Double

  /// Where a value lies.
  func position(_ value: Double) -> Double {
    let share: Double
    switch domain.kind {
    case .linear: share = (value - domain.lower) / (domain.upper - domain.lower)
    case .logarithmic:
      share =
        log(max(value, domain.lower) / domain.lower) / log(domain.upper / domain.lower)
    }
    return start + share * (end - start)
  }

  /// Which value lies at a position.
  func value(at position: Double) -> Double {
    let share = (position - start) / (end - start)
    switch domain.kind {
    case .linear: return domain.lower + share * (domain.upper - domain.lower)
    case .logarithmic: return domain.lower * pow(domain.upper / domain.lower, share)
    }
  }

  /// The scale in attributes of a drawing, so that a reader of it can map positions back to values.
  var attributeText: String {
    "\(domain.kind.rawValue) \(domain.lower) \(domain.upper) \(start) \(end)"
  }
}
