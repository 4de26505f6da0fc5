import Foundation
import HIData
import HIModels

/// The model that is measured, and samples for it.
struct Subject: Sendable {
  let bundle: ModelBundle
  let library: RuntimeLibrary
  let samples: [Sample]

  init(path: String) throws {
    bundle = try ModelBundle(at: path)
    library = try RuntimeLibrary()
    let input = bundle.manifest.input
    var generator = SeededGenerator(seed: 1)
    samples = (0..<64).compactMap { _ in
      Sample(
        elementType: input.elementType, shape: input.shape,
        bytes: (0..<input.shape.reduce(input.elementType.size, *)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        })
    }
  }
}

func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func line(_ name: String, _ value: Double, _ unit: String, _ goal: String = "") {
  let figure = String(format: "%10.2f", value)
  print("\(name.padding(toLength: 58, withPad: " ", startingAt: 0))\(figure) \(unit)  \(goal)")
}
