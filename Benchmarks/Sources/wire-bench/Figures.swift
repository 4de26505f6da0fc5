import Foundation

let clock = ContinuousClock()

func microseconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) * 1e6 + Double(duration.components.attoseconds) / 1e12
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func line(_ name: String, _ value: Double, _ unit: String, _ goal: String = "") {
  let figure = String(format: "%10.2f", value)
  print("\(name.padding(toLength: 58, withPad: " ", startingAt: 0))\(figure) \(unit)  \(goal)")
}
