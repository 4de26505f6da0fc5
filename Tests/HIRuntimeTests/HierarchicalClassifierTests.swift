import HIData
import HIRuntime
import HITransport
import HierarchicalInference
import Testing

private let sure: [Float] = [9, 0, 0]
private let unsure: [Float] = [0.1, 0.2, 0]
private let broken: [Float] = [.nan, 0, 0]
private let remoteAnswer = RemoteAnswer(
  prediction: 2, confidence: 0.99, serverTime: .milliseconds(3))

private func policy(exits: Int, offloadBelow: Float = -.infinity) -> Policy {
  Policy(
    exits: (0..<exits).map { _ in
      ExitRule(
        module: .confidence(ConfidenceThreshold(threshold: 0.9)), offloadBelow: offloadBelow)
    })
}

@Suite struct HierarchicalClassifierTests {
  let sample: Sample

  init() throws {
    sample = try #require(Sample(elementType: .uint8, shape: [1, 2, 2], bytes: [1, 2, 3, 4]))
  }

  private func classify(
    _ exits: [[Float]], remote: Result<RemoteAnswer, OffloadError>..., policy: Policy
  ) async throws -> (Classification, [Duration]) {
    let remote = ScriptedRemoteModel(remote)
    let classifier = try HierarchicalClassifier(
      local: ScriptedLocalModel(logits: exits), remote: remote, policy: policy,
      deadline: .seconds(10))
    return (try await classifier.classify(sample), remote.deadlines)
  }

  @Test func aSureLocalAnswerIsAcceptedAndTheRemoteModelNotAsked() async throws {
    let (answer, asked) = try await classify([sure], policy: policy(exits: 1))
    #expect(answer.prediction == 0)
    #expect(answer.answeredBy == .local)
    #expect(answer.reason == .accepted)
    #expect(answer.latency.offload == nil)
    #expect(asked.isEmpty)
  }

  @Test func anEarlyExitThatIsSureStopsTheModelThere() async throws {
    let (answer, asked) = try await classify([sure, unsure], policy: policy(exits: 2))
    #expect(answer.answeredBy == .earlyExit(1))
    #expect(answer.localAnswers.count == 1)
    #expect(asked.isEmpty)
  }

  @Test func anUnsureLastExitOffloads() async throws {
    let (answer, asked) = try await classify(
      [unsure, unsure], remote: .success(remoteAnswer), policy: policy(exits: 2))
    #expect(answer.prediction == 2)
    #expect(answer.answeredBy == .remote)
    #expect(answer.reason == .offloaded)
    #expect(answer.localAnswers.count == 2)
    #expect(answer.remoteAnswer == remoteAnswer)
    #expect(asked.count == 1)
    #expect(asked[0] > .zero && asked[0] <= .seconds(10))
  }

  @Test func offloadEarlyDoesNotRunTheRestOfTheModel() async throws {
    let (answer, _) = try await classify(
      [unsure, sure], remote: .success(remoteAnswer), policy: policy(exits: 2, offloadBelow: 0.5))
    #expect(answer.answeredBy == .remote)
    #expect(answer.localAnswers.count == 1)
  }

  @Test(arguments: [
    OffloadError.unreachable("connection refused"), .connectionClosed, .deadlineExceeded,
    .overloaded, .rejected("no"), .modelFailed("oom"), .notAuthorised,
    .protocolViolation("class 12 of 10"),
  ])
  func whateverBecomesOfAnOffloadTheLocalAnswerStandsIn(error: OffloadError) async throws {
    let (answer, _) = try await classify(
      [unsure], remote: .failure(error), policy: policy(exits: 1))
    #expect(answer.prediction == 1)
    #expect(answer.answeredBy == .fallback)
    #expect(answer.reason == .offloadFailed(error))
    #expect(answer.wasOffloaded)
  }

  @Test func aFailedEarlyOffloadFallsBackOnTheLastExit() async throws {
    let (answer, _) = try await classify(
      [unsure, sure], remote: .failure(.overloaded), policy: policy(exits: 2, offloadBelow: 0.5))
    #expect(answer.prediction == 0)
    #expect(answer.answeredBy == .fallback)
    #expect(answer.localAnswers.count == 2)
  }

  @Test func remoteInferenceRunsNoLocalModelUnlessItFails() async throws {
    let (answer, asked) = try await classify(
      [sure], remote: .success(remoteAnswer), policy: .remoteOnly)
    #expect(answer.answeredBy == .remote)
    #expect(answer.localAnswers.isEmpty)
    #expect(answer.latency.local == .zero)
    #expect(asked[0] <= .seconds(9), "a tenth of the deadline is kept for the fallback")

    let (fallback, _) = try await classify(
      [sure], remote: .failure(.connectionClosed), policy: .remoteOnly)
    #expect(fallback.prediction == 0)
    #expect(fallback.answeredBy == .fallback)
  }

  @Test func offloadingResumesWithTheFirstCallThatIsAnsweredAgain() async throws {
    let remote = ScriptedRemoteModel([
      .failure(.unreachable("refused")), .success(remoteAnswer),
    ])
    let classifier = try HierarchicalClassifier(
      local: ScriptedLocalModel(logits: [unsure]), remote: remote, policy: policy(exits: 1),
      deadline: .seconds(1))
    #expect(try await classifier.classify(sample).answeredBy == .fallback)
    #expect(try await classifier.classify(sample).answeredBy == .remote)
  }

  @Test func aBrokenLocalAnswerIsOffloadedAndWithoutARemoteOneItIsAnError() async throws {
    let (answer, _) = try await classify(
      [broken], remote: .success(remoteAnswer), policy: policy(exits: 1))
    #expect(answer.answeredBy == .remote)
    await #expect(throws: ClassifierError.noAnswer(.overloaded)) {
      _ = try await classify([broken], remote: .failure(.overloaded), policy: policy(exits: 1))
    }
  }

  @Test func aPolicyForAnotherNumberOfExitsIsRefused() {
    #expect(throws: ClassifierError.policyMismatch(rules: 1, exits: 2)) {
      _ = try HierarchicalClassifier(
        local: ScriptedLocalModel(logits: [sure, sure]), remote: ScriptedRemoteModel([]),
        policy: policy(exits: 1), deadline: .seconds(1))
    }
  }
}
