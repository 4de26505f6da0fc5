internal import HIData
internal import HIPlanning
internal import HierarchicalInference

extension OnDeviceModel {
  /// Runs samples in turn to an exit, until a time has passed and each sample had its turn.
  func runRepeatedly(_ samples: [Sample], toExit exit: Int, atLeast time: Duration) throws {
    let goOn = ExitRule(module: .acceptNone)
    let policy = Policy(
      exits: [ExitRule](repeating: goOn, count: exit - 1) + [ExitRule(module: .acceptAll)])
    let end = ContinuousClock.now + time
    repeat {
      for sample in samples { _ = try run(sample, policy: policy) }
    } while ContinuousClock.now < end
  }
}

/// The paper's decision module, evaluated again and again: once is shorter than the clock's own tick.
struct RepeatedDecision: Sendable {
  /// How many evaluations one reading of the clock covers.
  static let batch = 1000

  private let policy = Policy(exits: [
    ExitRule(
      module: .binaryLogistic(
        BinaryLogisticRegression(bias: -3, confidenceWeight: 4, runnerUpWeight: -1)))
  ])
  private let answers: [Observation]

  /// Makes the work of answers that a model gave.
  ///
  /// - Parameter logits: one answer each, of at least one.
  init(logits: [[Float]]) {
    answers = logits.map { Observation(logits: $0.span) }
  }

  /// The duration of one evaluation, as the mean of a batch, in ms.
  func milliseconds() -> Double {
    let begin = ContinuousClock.now
    var offloads = 0
    for index in 0..<Self.batch {
      let answer = answers[index % answers.count]
      let one = [answer]
      if policy.verdict(after: one.span) == .offload { offloads += 1 }
    }
    let duration = ContinuousClock.now - begin
    // Reading the count keeps the loop from being left out.
    precondition(offloads <= Self.batch)
    return duration / .milliseconds(1) / Double(Self.batch)
  }

  /// Evaluates for a time.
  func run(atLeast time: Duration) {
    let end = ContinuousClock.now + time
    repeat { _ = milliseconds() } while ContinuousClock.now < end
  }
}
