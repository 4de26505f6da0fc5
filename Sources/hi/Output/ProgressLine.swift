import Foundation

/// How far long work is, as one line: a bar, the count, the rate and the time left.
struct ProgressLine {
  let title: String
  let total: Int
  let done: Int
  let seconds: Double

  /// The line in at most so many characters; what does not fit is left out from the end, the bar first.
  func text(columns: Int) -> String {
    let name = title.padding(toLength: max(12, title.count), withPad: " ", startingAt: 0)
    var parts = ["\(done)/\(total)"]
    if let rate { parts.append(Self.rate(rate)) }
    if let secondsLeft, done < total { parts.append("\(Self.duration(secondsLeft)) left") }
    let withBar = ([name, bar] + parts).joined(separator: "  ")
    if withBar.count <= columns { return withBar }
    return String(([title] + parts).joined(separator: "  ").prefix(columns))
  }

  private var rate: Double? { done > 0 && seconds > 0 ? Double(done) / seconds : nil }

  private var secondsLeft: Double? { rate.map { Double(total - done) / $0 } }

  private var bar: String {
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
    let filled = Int(share * 24)
    return String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
  }

  private static func rate(_ rate: Double) -> String {
    rate < 10 ? "\(rate.fixed(1))/s" : "\(Int(rate))/s"
  }

  /// A time as people say it: `8 s`, `2 min 5 s`, `1 h 3 min`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
