import HIPlanning
import HITrace
import Testing

@Suite("Planning by QoS requirement")
struct QoSPlannerTests {
  private func plan(
    exit: Double, offload: Double, questions: [QoSQuestion]
  ) throws -> QoSPlan {
    let model = PlannedModel(
      name: "small", calibration: try population(300, exits: 2, seed: 31),
      test: try population(300, exits: 2, seed: 32),
      profile: CostProfile(
        device: "board", link: "wi-fi", model: "small",
        exits: [
          Cost(latencyMs: exit / 3, energyMj: exit), Cost(latencyMs: exit, energyMj: 3 * exit),
        ], offload: Cost(latencyMs: offload, energyMj: 2 * offload)))
    return try QoSPlanner(resolution: .init(fine: 24)).plan([model], questions: questions)
  }

  private let accuracy = QoSQuestion(
    name: "accuracy", requirement: Requirement(minimumAccuracy: 0.82), objective: .latency)

  @Test func everyStrategyIsPutToEveryQuestion() throws {
    let questions = QoSQuestion.paper(
      stateOfTheArt: 0.98, offload: Cost(latencyMs: 10, energyMj: 20))
    #expect(questions.map(\.name) == ["accuracy", "latency", "energy"])
    #expect(questions[1].requirement.maximumLatencyMs == 5)
    let plan = try plan(exit: 1, offload: 10, questions: questions)
    for answer in plan.answers {
      #expect(Set(answer.options.map(\.strategy)) == Set(Strategy.allCases))
      #expect(answer.options.allSatisfy { $0.accuracyInterval95 != nil && $0.epiMj != nil })
    }
  }

  @Test func hierarchicalInferenceWinsWhereOffloadsAreDear() throws {
    let answer = try plan(exit: 0.5, offload: 50, questions: [accuracy]).answers[0]
    let winner = try #require(answer.winner)
    #expect([.hi, .eeHi, .joint].contains(winner.strategy))
    #expect(winner.accuracy >= 0.82)
    #expect(!answer.statement.contains("beats hierarchical"))
  }

  @Test func thePlanSaysWhenRemoteIsBetter() throws {
    let answer = try plan(exit: 30, offload: 1, questions: [accuracy]).answers[0]
    #expect(answer.winner?.strategy == .remote)
    #expect(answer.statement.contains("remote strategy beats hierarchical inference"))
  }

  @Test func whatNothingMeetsHasANearest() throws {
    let impossible = QoSQuestion(
      name: "accuracy", requirement: Requirement(minimumAccuracy: 0.9999), objective: .latency)
    let answer = try plan(exit: 1, offload: 10, questions: [impossible]).answers[0]
    #expect(answer.winner == nil)
    #expect(answer.nearest != nil)
    #expect(answer.statement.hasPrefix("No option meets"))
  }

  @Test func theMarginIsTheRunnersUp() {
    func option(_ strategy: Strategy, _ lpi: Double) -> PlanOption {
      PlanOption(
        strategy: strategy, model: "m", accuracy: 0.9, lpiMs: lpi, epiMj: nil, offloadFraction: 0)
    }
    let answer = QoSAnswer(accuracy, options: [option(.remote, 10), option(.hi, 4)])
    #expect(answer.winner?.strategy == .hi)
    #expect(answer.runnerUp?.strategy == .remote)
    #expect(answer.margin == 0.6)
    #expect(answer.statement.contains("60.0% less latency"))
  }
}
