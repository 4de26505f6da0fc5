import Foundation
import HIData
import Testing

@testable import HierarchicalInference

@Suite struct MathematicsTests {
  @Test func exponentialAgreesWithTheLibraryToTwoUnitsInTheLastPlace() {
    for step in 0...200_000 {
      let x = -86.9 + Float(step) * (174.8 / 200_000)
      let expected = Foundation.exp(Double(x))
      let error = abs(Double(exponential(x)) - expected) / Double(Float(expected).ulp)
      #expect(error <= 2, "e^\(x) is off by \(error) units in the last place")
    }
  }

  @Test func exponentialHasItsLimits() {
    #expect(exponential(Float(0)) == 1)
    #expect(exponential(Float(-88)) == 0)
    #expect(exponential(-Float.infinity) == 0)
    #expect(exponential(Float.infinity).isFinite)
  }

  @Test func exponentialOfNaNIsNaN() {
    #expect(exponential(Float.nan).isNaN)
  }

  @Test func exponentialOfAVectorIsThatOfItsLanes() {
    let x = SIMD4<Float>(-80, -0.1, 0.3, 80)
    let vector = exponential(x)
    for lane in 0..<4 { #expect(vector[lane] == exponential(x[lane])) }
  }

  @Test func logarithmAgreesWithTheLibraryToTwoUnitsInTheLastPlace() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<200_000 {
      let x = Float(
        sign: .plus, exponent: .random(in: -120...120, using: &generator),
        significand: .random(in: 1..<2, using: &generator))
      let expected = Foundation.log(Double(x))
      let error = abs(Double(naturalLogarithm(x)) - expected)
      #expect(error <= 2 * Double(max(Float(abs(expected)).ulp, Float(1).ulp * 0.25)), "ln \(x)")
    }
  }

  @Test func logarithmHasItsLimits() {
    #expect(naturalLogarithm(1) == 0)
    #expect(naturalLogarithm(0) == -.infinity)
    #expect(naturalLogarithm(.infinity) == .infinity)
    #expect(naturalLogarithm(-1).isNaN)
    #expect(naturalLogarithm(.nan).isNaN)
  }

  @Test func sigmoidIsSymmetricAndNeverOverflows() {
    for x: Float in [0, 0.5, 3, 30, 87, 1000, .infinity] {
      #expect(abs(sigmoid(x) + sigmoid(-x) - 1) < 1e-6)
      #expect(sigmoid(x).isFinite && sigmoid(-x).isFinite)
    }
    #expect(sigmoid(0) == 0.5)
  }
}
