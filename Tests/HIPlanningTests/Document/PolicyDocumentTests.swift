import Foundation
import HIPlanning
import HITrace
import HierarchicalInference
import Testing

@Suite("Policy files")
struct PolicyDocumentTests {
  private static let everyKind = Policy(exits: [
    ExitRule(module: .acceptNone, offloadBelow: 0.125),
    ExitRule(module: .confidence(ConfidenceThreshold(threshold: 0.1)), offloadBelow: .infinity),
    ExitRule(module: .margin(MarginThreshold(threshold: .infinity))),
    ExitRule(module: .entropy(EntropyThreshold(threshold: -.infinity))),
    ExitRule(module: .energy(EnergyThreshold(threshold: .leastNonzeroMagnitude))),
    ExitRule(
      module: .binaryLogistic(
        BinaryLogisticRegression(bias: -1.1, confidenceWeight: 3.3, runnerUpWeight: 1e-7))),
    ExitRule(
      module: .logistic(
        LogisticRegression(
          features: [
            .confidence(exit: 1), .runnerUp(exit: 2), .entropy(exit: 3), .logSumExp(exit: 4),
            .agreement(exit: 5), .predicted(classIndex: 6),
          ], weights: [0.1, 0.2, 0.3, 0.4, 0.5, 16_777_216], bias: .leastNonzeroMagnitude))),
    ExitRule(module: .acceptAll),
  ])

  private func document(
    _ policy: Policy, exits: Int = 8
  ) throws -> PolicyDocument {
    let trace = try population(50, exits: exits)
    return PolicyDocument(policy, strategy: .joint, calibratedOn: trace)
  }

  @Test func everyRuleSurvivesItsFile() throws {
    let document = try document(Self.everyKind)
    let again = try PolicyDocument(json: document.json())
    #expect(again == document)
    #expect(again.policy == Self.everyKind)
  }

  @Test func figuresOnTheDataThatChoseAPolicyComeWithAWarning() throws {
    let trace = try population(50, exits: 8)
    var document = try document(Self.everyKind)
    #expect(try #require(document.warning(judgedOn: trace)).contains("flatter"))
    document.calibration.split += "-of-another-kind"
    #expect(document.warning(judgedOn: trace) == nil)
  }

  @Test func randomBitPatternsSurvive() throws {
    var random = SplitMix(state: 3)
    for _ in 0..<2000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      guard value.isFinite else { continue }
      let policy = Policy(exits: [
        ExitRule(
          module: .binaryLogistic(
            BinaryLogisticRegression(
              bias: value, confidenceWeight: -value, runnerUpWeight: value, threshold: value)))
      ])
      let again = try PolicyDocument(json: document(policy, exits: 1).json()).policy
      guard case .binaryLogistic(let module) = again.exits[0].module else {
        Issue.record("another kind came back")
        return
      }
      #expect(module.bias.bitPattern == value.bitPattern)
      #expect(module.threshold.bitPattern == value.bitPattern)
    }
  }

  @Test func aLoadedPolicyDecidesAsTheSavedOne() throws {
    let trace = try population(2000, exits: 2)
    let regression = try LogisticRegressionTraining().binaryLogistic(trace.local)
    let policy = Policy(exits: [
      ExitRule(
        module: .confidence(ConfidenceThreshold(threshold: 0.813_264_7)), offloadBelow: 0.31),
      ExitRule(module: .binaryLogistic(regression)),
    ])
    let path = FileManager.default.temporaryDirectory.path + "/policy-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try PolicyDocument(policy, strategy: .joint, calibratedOn: trace).write(path: path)
    let loaded = try PolicyDocument(path: path)
    try loaded.check(trace)
    let answers = trace.local.observations
    for sample in 0..<trace.count {
      let span = answers.span.extracting(sample * 2..<(sample + 1) * 2)
      let same = policy.settle(span) == loaded.policy.settle(span)
      #expect(same)
    }
  }

  @Test func anotherModelIsRefusedAndBothAreNamed() throws {
    let document = try document(.hierarchical(.margin(MarginThreshold(threshold: 0)), exitCount: 1))
    let other = ModelIdentity(metadata("other"))
    let error = #expect(throws: PolicyDocumentError.self) { try document.check(local: other) }
    #expect(error?.description.contains("'small'") == true)
    #expect(error?.description.contains("'other'") == true)
    let quantised = ModelIdentity(metadata("small", precision: "int8"))
    #expect(throws: PolicyDocumentError.self) { try document.check(local: quantised) }
    #expect(throws: PolicyDocumentError.self) {
      try document.check(local: ModelIdentity(metadata("small")), remote: other)
    }
    try document.check(
      local: ModelIdentity(metadata("small")), remote: ModelIdentity(metadata("large")))
  }

  @Test func unknownDigestsFallBackToNames() {
    let known = ModelIdentity(metadata("m"))
    var unknown = known
    unknown.digest = ""
    #expect(known.matches(unknown))
    unknown.name = "n"
    #expect(!known.matches(unknown))
  }

  @Test(arguments: [
    ("", "not JSON"), ("[]", "another type"), ("{}", "'schema'"),
    (#"{"schema": "hi.policy/9"}"#, "hi.policy/9"),
    (#"{"schema": "hi.policy/1"}"#, "'strategy'"),
  ])
  func brokenFilesAreRefusedInASentence(json: String, part: String) {
    let error = #expect(throws: PolicyDocumentError.self) {
      try PolicyDocument(json: Array(json.utf8), path: "p.json")
    }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    #expect(error?.description.contains("p.json") == true)
  }

  @Test(arguments: [#""kind" : "confidence""#, #""threshold" : 0.5"#, #""local""#])
  func damagedFieldsAreRefused(field: String) throws {
    let document = try document(
      .hierarchical(.confidence(ConfidenceThreshold(threshold: 0.5)), exitCount: 1))
    let json = String(decoding: try document.json(), as: UTF8.self)
    #expect(json.contains(field))
    let damaged = json.replacingOccurrences(of: field, with: #""other" : true"#)
    #expect(throws: PolicyDocumentError.self) {
      try PolicyDocument(json: Array(damaged.utf8))
    }
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: PolicyDocumentError.self) {
      try PolicyDocument(path: "/no/such/policy.json")
    }
    #expect(error?.description.contains("/no/such/policy.json") == true)
  }
}
