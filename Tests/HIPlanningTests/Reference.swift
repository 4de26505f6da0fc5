import Foundation
import Testing

/// Figures of scikit-learn and SciPy, as `Fixtures/make_fixtures.py` wrote them.
struct Reference: Decodable {
  struct Logistic: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let inverseRegularization: Double
    let features: [[Double]]
    let targets: [Bool]
    let sampleWeights: [Double]?
    let intercept: Double
    let weights: [Double]
    var testDescription: String { name }
  }
  struct RankingFixture: Decodable, Sendable {
    let scores: [Float]
    let isRight: [Bool]
    let areaUnderROC: Double
  }
  struct Wilson: Decodable, Sendable {
    let successes: Int
    let trials: Int
    let interval: [Double]
  }
  struct Binomial: Decodable, Sendable {
    let successes: Int
    let trials: Int
    let probability: Double
    let upperTail: Double
  }
  struct ClopperPearson: Decodable, Sendable {
    let successes: Int
    let trials: Int
    let confidence: Double
    let lower: Double
  }

  let logistic: [Logistic]
  let ranking: RankingFixture
  let wilson: [Wilson]
  let binomial: [Binomial]
  let clopperPearson: [ClopperPearson]

  static let shared: Reference = {
    let url = Bundle.module.url(forResource: "reference", withExtension: "json")!
    return try! JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }()
}
