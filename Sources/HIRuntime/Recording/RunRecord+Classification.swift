public import HITrace
internal import HITransport

extension RunRecord {
  /// What happened to a sample.
  ///
  /// - Parameters:
  ///   - answer: what it was answered.
  ///   - sampleIndex: its place in the split, where it is of a data set.
  ///   - label: its true class, where known.
  ///   - shadow: what both models said, where they were asked.
  ///   - input: its bytes, where they are to be kept.
  public init(
    _ answer: Classification, sampleIndex: Int? = nil, label: Int? = nil, shadow: Shadow? = nil,
    input: [UInt8]? = nil
  ) {
    let latency = answer.latency
    self.init(
      sampleIndex: sampleIndex, label: label, prediction: answer.prediction,
      confidence: answer.confidence, answeredBy: answer.answeredBy.name,
      reason: answer.reason.name,
      latencies: Latencies(
        total: latency.total / .milliseconds(1), local: latency.local / .milliseconds(1),
        decision: latency.decision / .milliseconds(1),
        offload: latency.offload.map { $0 / .milliseconds(1) }),
      answers: answer.localAnswers, remote: answer.remoteAnswer.map(RemoteWords.init),
      shadow: shadow, input: input)
  }
}

extension RunRecord.RemoteWords {
  init(_ answer: RemoteAnswer) {
    self.init(prediction: answer.prediction, confidence: answer.confidence)
  }
}

extension Reason {
  /// The name in recordings: `accepted`, `offloaded`, or the kind of failure.
  public var name: String {
    switch self {
    case .accepted: "accepted"
    case .offloaded: "offloaded"
    case .offloadFailed(let error): error.reason
    }
  }
}
