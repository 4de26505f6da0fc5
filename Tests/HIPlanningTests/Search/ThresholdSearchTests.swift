import HIPlanning
import HITrace
import HierarchicalInference
import Testing

private func profile(exits: Int, offload: Double = 10) -> CostProfile {
  CostProfile(
    device: "d", link: "l", model: "small",
    exits: (1...exits).map { Cost(latencyMs: 3 * Double($0), energyMj: 11 * Double($0)) },
    decision: Cost(latencyMs: 0.01, energyMj: 0.02),
    offload: Cost(latencyMs: offload, energyMj: 27))
}

private func regression(_ trace: JoinedTrace) throws -> AnyDecisionModule {
  .binaryLogistic(try LogisticRegressionTraining().binaryLogistic(trace.local))
}

private func value(_ evaluation: PolicyEvaluation, _ objective: Objective) -> Double {
  switch objective {
  case .latency: evaluation.lpiMs ?? .nan
  case .energy: evaluation.epiMj ?? .nan
  case .offloadFraction: evaluation.offloadFraction
  case .accuracy: -evaluation.accuracy
  }
}

private func meets(_ evaluation: PolicyEvaluation, _ requirement: Requirement) -> Bool {
  evaluation.accuracy >= (requirement.minimumAccuracy ?? 0) - 1e-9
    && (evaluation.lpiMs ?? 0) <= (requirement.maximumLatencyMs ?? .infinity) + 1e-9
    && (evaluation.epiMj ?? 0) <= (requirement.maximumEnergyMj ?? .infinity) + 1e-9
    && evaluation.offloadFraction <= (requirement.maximumOffloadFraction ?? 1) + 1e-9
}

/// Requirements of every kind, with an objective for each.
private let questions: [(Objective, Requirement)] = [
  (.latency, Requirement(minimumAccuracy: 0.85)),
  (.energy, Requirement(minimumAccuracy: 0.9)),
  (.offloadFraction, Requirement(minimumAccuracy: 0.88)),
  (.accuracy, Requirement(maximumLatencyMs: 9)),
  (.accuracy, Requirement(maximumEnergyMj: 25, maximumOffloadFraction: 0.3)),
  (.latency, Requirement(minimumAccuracy: 0.84, maximumOffloadFraction: 0.4)),
  (.energy, Requirement(minimumAccuracy: 0.8, maximumLatencyMs: 12)),
]

@Suite("Threshold search")
struct ThresholdSearchTests {
  @Test(arguments: questions.indices)
  func hiIsExactOverAllDistinctThresholds(question: Int) throws {
    let (objective, requirement) = questions[question]
    let trace = try population(160, exits: 1, seed: UInt64(question) + 5)
    let module = try regression(trace)
    let costs = profile(exits: 1)
    // Every policy that there is: a threshold at each score, and one above all.
    var thresholds: [Float] = [.infinity]
    for sample in 0..<trace.count {
      thresholds.append(module.score(trace.local.answers(sample).span))
    }
    var least = Double.infinity
    for threshold in Set(thresholds) {
      var candidate = module
      candidate.threshold = threshold
      let evaluation = try PolicyEvaluation(
        .hierarchical(candidate, exitCount: 1), on: trace, profile: costs)
      if meets(evaluation, requirement) { least = min(least, value(evaluation, objective)) }
    }
    let result = try ThresholdSearch(objective, subjectTo: requirement).best(
      .hierarchical(module, exitCount: 1), on: trace, profile: costs)
    #expect(result.isMet == least.isFinite)
    if result.isMet {
      #expect(meets(result.candidate.evaluation, requirement))
      #expect(abs(value(result.candidate.evaluation, objective) - least) < 1e-9)
    }
  }

  @Test(arguments: questions.indices)
  func thePapersBruteForceFindsNothingBetter(question: Int) throws {
    let (objective, requirement) = questions[question]
    for exits in [2, 3] {
      let trace = try population(120, exits: exits, seed: UInt64(10 * question + exits))
      let module = try regression(trace)
      let costs = profile(exits: exits)
      var paper = PaperSearch(objective, subjectTo: requirement)
      if exits == 3 { paper.thresholds = (0...10).map { Float($0 * 10) / 100 } }
      paper.decisionThresholds = (0...5).map { Float($0) / 5 }
      let early = SearchTemplate.confidences(exits - 1)
      let search = ThresholdSearch(
        objective, subjectTo: requirement, resolution: .init(fine: 24, inner: 8, outer: 5))
      let ours = try search.best(
        .earlyExitHierarchical(early: early, decision: module), on: trace, profile: costs)
      let joint = try search.best(
        .joint(early: early, decision: module), on: trace, profile: costs)
      guard let theirs = try paper.best(decision: module, on: trace, profile: costs) else {
        continue
      }
      #expect(ours.isMet && joint.isMet)
      #expect(meets(ours.candidate.evaluation, requirement))
      #expect(meets(joint.candidate.evaluation, requirement))
      let best = value(theirs.evaluation, objective)
      #expect(value(ours.candidate.evaluation, objective) <= best + 1e-9)
      #expect(value(joint.candidate.evaluation, objective) <= best + 1e-9)
    }
  }

  @Test func jointIsExactForOneOpenExitOnAFullGrid() throws {
    let trace = try population(16, exits: 2, seed: 77)
    let module = try regression(trace)
    let costs = profile(exits: 2, offload: 4)
    let requirement = Requirement(minimumAccuracy: 0.875)
    let confidences = (0..<trace.count).map { trace.local.observations[2 * $0].confidence }
    let cuts = Array(Set(confidences)).sorted() + [.infinity]
    let decisions = (0..<trace.count).map { module.score(trace.local.answers($0).span) }
    var least = Double.infinity
    for accept in cuts {
      for offload in [-.infinity] + cuts where offload <= accept {
        for threshold in Set(decisions + [.infinity]) {
          var last = module
          last.threshold = threshold
          let policy = Policy(exits: [
            ExitRule(
              module: .confidence(ConfidenceThreshold(threshold: accept)), offloadBelow: offload),
            ExitRule(module: last),
          ])
          let evaluation = try PolicyEvaluation(policy, on: trace, profile: costs)
          if meets(evaluation, requirement) { least = min(least, evaluation.lpiMs ?? .nan) }
        }
      }
    }
    let result = try ThresholdSearch(
      .latency, subjectTo: requirement, resolution: .init(fine: 200)
    ).best(
      .joint(early: SearchTemplate.confidences(1), decision: module), on: trace, profile: costs)
    #expect(result.isMet)
    #expect((result.candidate.evaluation.lpiMs ?? .nan) <= least + 1e-9)
  }

  @Test func offloadingEarlyPaysWhereTheLocalModelIsDear() throws {
    let trace = try population(400, exits: 2)
    let module = try regression(trace)
    var costs = profile(exits: 2)
    costs.exits = [Cost(latencyMs: 1, energyMj: 1), Cost(latencyMs: 14, energyMj: 55)]
    let search = ThresholdSearch(
      .latency, subjectTo: Requirement(minimumAccuracy: 0.9),
      resolution: .init(fine: 48))
    let early = SearchTemplate.confidences(1)
    let eeHi = try search.best(
      .earlyExitHierarchical(early: early, decision: module), on: trace, profile: costs)
    let joint = try search.best(
      .joint(early: early, decision: module), on: trace, profile: costs)
    let before = try #require(eeHi.candidate.evaluation.lpiMs)
    let after = try #require(joint.candidate.evaluation.lpiMs)
    #expect(after < 0.9 * before)
    #expect(joint.candidate.evaluation.offloadedAt[0] > 0)
  }

  @Test func scoresThatAreNoNumbersAreNeverAccepted() throws {
    var rows = (0..<60).map { index -> [Observation] in
      let confidence = 0.3 + Float(index) / 100
      return [answer(index % 3 == 0 ? 1 : 0, confidence), answer(0, confidence)]
    }
    rows[3] = [answer(0, .nan), answer(0, .nan)]
    rows[7] = [answer(0, .nan), answer(0, 0.99)]
    let trace = try joined(rows, remoteRight: rows.map { _ in true })
    for template in [
      SearchTemplate.joint(
        early: SearchTemplate.confidences(1),
        decision: .confidence(ConfidenceThreshold(threshold: 0))),
      .earlyExit(SearchTemplate.confidences(1)),
      .hierarchical(.confidence(ConfidenceThreshold(threshold: 0)), exitCount: 2),
    ] {
      let result = try ThresholdSearch(
        .latency, subjectTo: Requirement(minimumAccuracy: 0.9), resolution: .init(fine: 30)
      ).best(template, on: trace, profile: profile(exits: 2))
      #expect(result.isMet)
      #expect(result.candidate.evaluation.accuracy >= 0.9)
      #expect(result.candidate.evaluation.offloaded >= 1)
    }
  }

  @Test func whatNobodyCanMeetGivesTheNearest() throws {
    let trace = try population(400, exits: 1, remoteAccuracy: 0.95)
    let module = try regression(trace)
    let costs = profile(exits: 1)
    let search = ThresholdSearch(.latency, subjectTo: Requirement(minimumAccuracy: 0.999))
    let result = try search.best(
      .hierarchical(module, exitCount: 1), on: trace, profile: costs)
    #expect(!result.isMet)
    let curve = DecisionCurve(module, on: trace)
    #expect(result.candidate.evaluation.accuracy == curve.points.map(\.accuracy).max())
    let tooFast = try ThresholdSearch(.accuracy, subjectTo: Requirement(maximumLatencyMs: 1))
      .best(.hierarchical(module, exitCount: 1), on: trace, profile: costs)
    #expect(!tooFast.isMet)
    #expect(tooFast.candidate.evaluation.offloaded == 0)
  }

  @Test func requirementsThatAreNoneAreRefused() throws {
    let trace = try population(50, exits: 1)
    let template = SearchTemplate.hierarchical(
      .confidence(ConfidenceThreshold(threshold: 0)), exitCount: 1)
    #expect(throws: SearchError.requirement(.notAShare(what: "accuracy", found: 90))) {
      try ThresholdSearch(.latency, subjectTo: Requirement(minimumAccuracy: 90)).best(
        template, on: trace, profile: profile(exits: 1))
    }
    #expect(throws: SearchError.requirement(.notACost(what: "latency", found: -1))) {
      try ThresholdSearch(.latency, subjectTo: Requirement(maximumLatencyMs: -1)).best(
        template, on: trace, profile: profile(exits: 1))
    }
    #expect(throws: SearchError.noProfile(what: "bounds latency")) {
      try ThresholdSearch(.latency).best(template, on: trace, profile: nil)
    }
    #expect(throws: SearchError.evaluation(.exitCount(model: "small", exits: 1, rules: 3))) {
      try ThresholdSearch(.latency).best(
        .earlyExit(SearchTemplate.confidences(2)), on: trace, profile: profile(exits: 1))
    }
  }

  @Test func offloadFractionNeedsNoProfile() throws {
    let trace = try population(300, exits: 1)
    let result = try ThresholdSearch(
      .offloadFraction, subjectTo: Requirement(minimumAccuracy: 0.9)
    ).best(.hierarchical(try regression(trace), exitCount: 1), on: trace, profile: nil)
    #expect(result.isMet)
    let curve = DecisionCurve(try regression(trace), on: trace)
    #expect(result.candidate.evaluation.offloadFraction == curve.offloadFraction(reaching: 0.9))
  }

  @Test func noPolicyOfAFrontBeatsAnother() throws {
    let trace = try population(400, exits: 2)
    let front = try ThresholdSearch(.energy, resolution: .init(fine: 24)).paretoFront(
      .joint(early: SearchTemplate.confidences(1), decision: try regression(trace)), on: trace,
      profile: profile(exits: 2), points: 6)
    #expect(front.count >= 3)
    for (cheaper, surer) in zip(front, front.dropFirst()) {
      #expect(cheaper.evaluation.accuracy < surer.evaluation.accuracy)
      #expect(value(cheaper.evaluation, .energy) < value(surer.evaluation, .energy))
    }
  }
}
