import HIPlanning
import HITrace
import HierarchicalInference
import Testing

@Suite("Calibration")
struct CalibrationTests {
  private let costs = CostProfile(
    device: "d", link: "l", model: "small",
    exits: [Cost(latencyMs: 1, energyMj: 2), Cost(latencyMs: 3, energyMj: 6)],
    offload: Cost(latencyMs: 10, energyMj: 20))

  @Test func askingForNothingGivesThePapersModule() throws {
    let trace = try population(300, exits: 2)
    let document = try Calibration(.hi).policy(on: trace, profile: nil)
    let regression = try LogisticRegressionTraining().binaryLogistic(trace.local)
    #expect(document.policy == .hierarchical(.binaryLogistic(regression), exitCount: 2))
    #expect(document.objective == nil)
    #expect(document.requirement == nil)
    #expect(document.expected?.accuracy != nil)
  }

  @Test func theFileSaysWhatWasAskedFor() throws {
    let trace = try population(600, exits: 2)
    var calibration = Calibration(.joint)
    calibration.requirement.minimumAccuracy = 0.85
    calibration.confidence = 0.9
    calibration.features = .allExits
    let document = try calibration.policy(on: trace, profile: costs)
    #expect(document.strategy == .joint)
    #expect(document.confidence == 0.9)
    #expect(document.objective == .latency)
    #expect(document.requirement?.minimumAccuracy == 0.85)
    #expect(document.local.name == "small")
    #expect(document.remote?.name == "large")
    #expect(document.calibration.samples == 600)
    guard case .logistic(let module) = document.policy.exits[1].module else {
      Issue.record("another module than the richer one")
      return
    }
    #expect(module.features.contains(.agreement(exit: 1)))
  }

  @Test(arguments: DecisionKind.allCases)
  func everyKindOfModuleMeetsTheRequirement(_ kind: DecisionKind) throws {
    let trace = try population(600, exits: 1)
    var calibration = Calibration(.hi)
    calibration.decision = kind
    calibration.requirement.minimumAccuracy = 0.85
    calibration.objective = .offloadFraction
    let document = try calibration.policy(on: trace, profile: nil)
    #expect(try #require(document.expected?.accuracy) >= 0.85)
    let module = document.policy.exits[0].module
    let found: DecisionKind? =
      switch module {
      case .binaryLogistic: .regression
      case .confidence: .confidence
      case .margin: .margin
      case .entropy: .entropy
      case .energy: .energy
      default: nil
      }
    #expect(found == kind)
    var unasked = Calibration(.hi)
    unasked.decision = kind
    if kind != .regression {
      #expect(throws: CalibrationError.noRequirement(.hi)) {
        try unasked.policy(on: trace, profile: nil)
      }
    }
  }

  @Test func whatCannotBeChosenIsSaidInASentence() throws {
    let trace = try population(200, exits: 2)
    #expect(throws: CalibrationError.noRequirement(.joint)) {
      try Calibration(.joint).policy(on: trace, profile: costs)
    }
    var impossible = Calibration(.hi)
    impossible.requirement.minimumAccuracy = 0.9999
    let notMet = #expect(throws: CalibrationError.self) {
      try impossible.policy(on: trace, profile: costs)
    }
    #expect(notMet?.description.contains("nearest") == true)
    impossible.confidence = 0.95
    let notCertified = #expect(throws: CalibrationError.self) {
      try impossible.policy(on: trace, profile: costs)
    }
    #expect(notCertified?.description.contains("No policy can be certified") == true)
    var warm = Calibration(.hi)
    warm.fitsTemperatures = true
    #expect(throws: CalibrationError.trace(.noLogits(model: "small"))) {
      try warm.policy(on: trace, profile: costs)
    }
    let right = try joined(
      (0..<20).map { _ in [answer(0, 0.9)] }, remoteRight: Array(repeating: true, count: 20))
    #expect(throws: CalibrationError.training(.oneClass(allPositive: true, samples: 20))) {
      try Calibration(.hi).policy(on: right, profile: nil)
    }
  }
}
