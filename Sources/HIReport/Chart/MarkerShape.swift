/// The shapes of points, so that series are told apart without their colours.
enum MarkerShape: Int, Sendable, CaseIterable {
  case circle, square, triangle, diamond, downTriangle, cross, star

  /// The shape's outline about the origin.
  func path(radius r: Double) -> String {
    func n(_ value: Double) -> String { Numeral.position(value) }
    switch self {
    case .circle:
      return "M\(n(-r)) 0A\(n(r)) \(n(r)) 0 1 1 \(n(r)) 0A\(n(r)) \(n(r)) 0 1 1 \(n(-r)) 0Z"
    case .square:
      let s = r * 0.9
      return "M\(n(-s)) \(n(-s))H\(n(s))V\(n(s))H\(n(-s))Z"
    case .triangle: return "M0 \(n(-1.2 * r))L\(n(1.1 * r)) \(n(0.8 * r))H\(n(-1.1 * r))Z"
    case .downTriangle: return "M0 \(n(1.2 * r))L\(n(1.1 * r)) \(n(-0.8 * r))H\(n(-1.1 * r))Z"
    case .diamond: return "M0 \(n(-1.3 * r))L\(n(1.1 * r)) 0L0 \(n(1.3 * r))L\(n(-1.1 * r)) 0Z"
    case .cross:
      let a = r * 0.35
      let b = r * 1.1
      return "M\(n(-a)) \(n(-b))H\(n(a))V\(n(-a))H\(n(b))V\(n(a))H\(n(a))V\(n(b))H\(n(-a))"
        + "V\(n(a))H\(n(-b))V\(n(-a))H\(n(-a))Z"
    case .star:
      let points: [(Double, Double)] = [
        (0, -1.5), (0.41, -0.5), (1.43, -0.46), (0.62, 0.18), (0.88, 1.21), (0, 0.62),
        (-0.88, 1.21), (-0.62, 0.18), (-1.43, -0.46), (-0.41, -0.5),
      ]
      return "M" + points.map { "\(n($0.0 * r)) \(n($0.1 * r))" }.joined(separator: "L") + "Z"
    }
  }

  /// The shape of a colour's series.
  static func of(colour: Int) -> MarkerShape {
    [.circle, .square, .triangle, .diamond, .downTriangle, .cross][colour % 6]
  }
}
