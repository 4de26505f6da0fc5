@testable import HIPlanning
import HITrace
import HierarchicalInference
import Testing

@Suite("Decision modules side by side")
struct DecisionStudyTests {
  @Test func allModulesAreAskedForTheSameAccuracies() throws {
    let plain = try population(2_000, exits: 2, seed: 9)
    let study = try DecisionStudy(plain)
    #expect(study.rows.map(\.name).first == "paper's LR")
    #expect(study.rows.map(\.name).suffix(2) == ["oracle", "random"])
    #expect(study.rows[0].saving == 0)
    let oracle = try #require(study.rows.dropLast().last)
    let random = try #require(study.rows.last)
    for row in study.rows.dropLast(2) {
      #expect(oracle.offloadFraction <= row.offloadFraction)
      #expect(row.offloadFraction < random.offloadFraction)
      #expect(row.savingRange.lower <= row.saving && row.saving <= row.savingRange.upper)
      #expect(row.extraInferences == 0)
    }
  }

  @Test func secondLooksArePricedBySamplesThatTakeThem() throws {
    let plain = try DecisionStudy(population(2_000, exits: 2, seed: 9))
    let looking = try DecisionStudy(lookingTwice(population(2_000, exits: 3, seed: 9)))
    let looks = looking.rows.filter { $0.name.hasPrefix("second look") }
    #expect(looking.rows.count == plain.rows.count + looks.count)
    #expect(looks.map(\.name).contains("second look, paper's LR"))
    for (name, share) in [("25%", 0.25), ("50%", 0.5)] {
      let row = try #require(looks.first { $0.name.contains(name) })
      // The bound is drawn on one half and applied to the other.
      #expect(abs(row.extraInferences - share) < 0.04)
    }
    #expect(looks.filter { !$0.name.contains("least sure") }.allSatisfy { $0.extraInferences == 1 })
  }

  /// Four fifths of the first answers are right and mostly surer than the wrong ones; the second look knows
  /// nearly everything. A look at the less sure half then leaves nothing to offload for 10 points more,
  /// and neither does one at all samples.
  @Test func aLookAtTheLeastSureFindsWhatALookAtAllFinds() throws {
    var rows: [[Observation]] = []
    for sample in 0..<800 {
      let isWrong = sample % 5 == 0
      let confidence: Float = (isWrong ? 0.3 : 0.5) + Float(sample) * 0.0005
      rows.append([answer(isWrong ? 1 : 0, confidence), answer(0, 0.99)])
    }
    // Some stay wrong, since a regression takes both classes.
    for sample in stride(from: 0, to: 100, by: 5) { rows[sample][1] = answer(1, 0.2) }
    let trace = try lookingTwice(
      joined(rows, remoteRight: [Bool](repeating: true, count: rows.count)))
    let study = try DecisionStudy(trace)
    func needed(_ name: String) throws -> Double {
      try #require(study.rows.first { $0.name == name }).offloadFraction
    }
    #expect(try needed("second look, paper's LR") == 0)
    #expect(try needed("second look at the least sure 50%, paper's LR") == 0)
    #expect(try needed("paper's LR") > 0.03)
  }

  @Test func aTunedModelIsAskedForTheUntunedModelsAccuracies() throws {
    let untuned = try population(1_000, exits: 2, seed: 3)
    let same = try DecisionStudy(untuned, tunedFrom: untuned)
    #expect(try same == DecisionStudy(untuned))
    // 98% are right, so 10 points above the untuned model are there at once.
    let rows = (0..<1_000).map { sample in
      let wrong = sample % 50 == 7
      return [answer(0, 0.5), answer(wrong ? 1 : 0, wrong ? 0.3 : 0.9)]
    }
    let tuned = try joined(rows, remoteRight: [Bool](repeating: true, count: 1_000))
    let study = try DecisionStudy(tuned, tunedFrom: untuned)
    #expect(study.rows[0].offloadFraction == 0)
    #expect(study.rows[0].saving == 1)
  }

  @Test func severalSeedsGiveStudentsIntervalOfTheirMeans() throws {
    let traces = try (1...3).map { try population(1_000, exits: 2, seed: UInt64($0)) }
    let study = try SeedStudy(
      untuned: traces, tuned: [SeedStudy.Training(name: "again", traces: traces)], halvings: 4)
    let alone = try traces.map { try DecisionStudy($0, halvings: 4) }
    #expect(study.accuracies.map(\.tuning) == [nil, "again"])
    #expect(study.accuracies[0].lastExit == traces.map { $0.local.accuracy(exit: 1) })
    #expect(study.rows.count == 2 * alone[0].rows.count)
    #expect(study.rows[0].savings == [0, 0, 0])
    #expect(study.rows[0].savingInterval95 == Interval(lower: 0, upper: 0))
    for (index, row) in study.rows.enumerated() {
      let seeds = alone.map { $0.rows[index % $0.rows.count] }
      #expect(row.savings == seeds.map(\.saving))
      #expect(row.halvingRange.lower == seeds.map(\.savingRange.lower).min())
      #expect(row.halvingRange.upper == seeds.map(\.savingRange.upper).max())
      #expect(row.tuning == (index < alone[0].rows.count ? nil : "again"))
    }
    let single = try SeedStudy(untuned: [traces[0]], halvings: 2)
    #expect(single.rows.allSatisfy { $0.savingInterval95 == nil })
  }

  @Test func tracesThatDoNotBelongTogetherAreRefused() throws {
    let trace = try population(600, exits: 2, seed: 5)
    func study(_ second: JoinedTrace) throws -> SeedStudy {
      try SeedStudy(untuned: [trace, second], halvings: 1)
    }
    #expect(throws: CalibrationError.otherSamples(model: "small", base: "small")) {
      try study(trace.rows(Array(0..<500)))
    }
    #expect(throws: CalibrationError.otherExits(model: "small", than: "small")) {
      try study(trace.firstExits(1))
    }
    #expect(throws: CalibrationError.otherExits(model: "small", than: "small")) {
      try study(lookingTwice(trace))
    }
    #expect(throws: CalibrationError.unevenSeeds(tuning: "loss", found: 1, expected: 2)) {
      try SeedStudy(
        untuned: [trace, trace], tuned: [SeedStudy.Training(name: "loss", traces: [trace])])
    }
    #expect(throws: CalibrationError.otherSamples(model: "small", base: "small")) {
      try DecisionStudy(trace.rows(Array(0..<500)), tunedFrom: trace)
    }
  }

  /// Any table of Student's distribution, two-sided 5%.
  @Test(arguments: [
    (1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (5, 2.5706), (9, 2.2622), (10, 2.2281),
    (30, 2.0423), (120, 1.9799),
  ])
  func studentsQuantilesAreThoseOfTheTables(degrees: Int, quantile: Double) {
    #expect(abs(Interval.studentQuantile(degrees: degrees) - quantile) < 6e-5)
  }

  @Test func studentsIntervalOfThreeValuesByHand() throws {
    // Mean 2, deviation 1: 2 ± 4.3027 / sqrt(3).
    let interval = try #require(Interval.student([1, 2, 3]))
    #expect(abs(interval.lower - (2 - 2.48414)) < 1e-4)
    #expect(abs(interval.upper - (2 + 2.48414)) < 1e-4)
    #expect(Interval.student([1]) == nil)
  }
}
