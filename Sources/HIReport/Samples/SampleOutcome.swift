internal import HIPlanning
internal import HIRuntime
internal import HITrace
internal import HITransport
internal import HierarchicalInference

/// What became of one sample, live or by recorded answers.
struct SampleOutcome: Sendable, Equatable {
  /// Where the sample stands in its split.
  let index: Int
  /// The true class.
  let label: Int
  /// What the exit said that answered or sent the sample away.
  let local: Observation
  /// That exit, from 0.
  let exit: Int
  /// The decision module's score, where the sample came to it.
  let score: Float?
  /// Whether the sample was sent to the remote model.
  let isOffloaded: Bool
  /// What the remote model says of it, where that is known.
  let remotePrediction: Int?

  var isLocalRight: Bool { local.isValid && local.prediction == label }
  var isRemoteRight: Bool? { remotePrediction.map { $0 == label } }

  /// What happens to every sample of a candidate that runs a local model.
  static func outcomes(_ candidate: Candidate) -> [SampleOutcome] {
    let trace = candidate.trace
    let width = trace.exitCount
    let observations = trace.local.observations.span
    return (0..<trace.count).compactMap { sample in
      let answers = observations.extracting(sample * width..<(sample + 1) * width)
      let settlement = candidate.policy.settle(answers)
      guard let exit = settlement.exit else { return nil }
      return SampleOutcome(
        index: trace.local.sampleIndices[sample], label: trace.labels[sample],
        local: answers[exit], exit: exit,
        score: exit == width - 1 ? candidate.decision?.score(answers) : nil,
        isOffloaded: settlement.isOffloaded,
        remotePrediction: trace.remote.prediction(sample: sample, exit: 0))
    }
  }

  /// What happened in a live run; an offload that failed counts as one, with no remote answer.
  static func outcomes(_ run: MeasuredRun) -> [SampleOutcome] {
    let module = run.policy.exits.last?.module
    let exits = run.policy.exits.count
    return run.results.indices.compactMap { place in
      let result = run.results[place]
      guard let newest = result.localAnswers.last else { return nil }
      var score: Float?
      switch module {
      case nil, .acceptAll, .acceptNone: break
      case let module?:
        if result.localAnswers.count == exits { score = module.score(result.localAnswers.span) }
      }
      return SampleOutcome(
        index: run.sampleIndices[place], label: run.labels[place], local: newest,
        exit: result.localAnswers.count - 1, score: score, isOffloaded: result.wasOffloaded,
        remotePrediction: result.remoteAnswer?.prediction)
    }
  }
}
