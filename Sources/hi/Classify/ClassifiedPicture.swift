import HIRuntime
import HITransport
import HierarchicalInference

/// What `hi classify --json` prints.
struct ClassifiedPictures: Encodable {
  var schema = "hi/1"
  let model: String
  let answers: [ClassifiedPicture]
}

/// One picture's answer.
struct ClassifiedPicture: Encodable {
  struct Opinion: Encodable {
    let label: Int
    let name: String
    let confidence: Double
  }

  struct Latency: Encodable {
    let totalMs: Double
    let localMs: Double
    let decisionMs: Double
    let offloadMs: Double?
  }

  let image: String
  let answer: Opinion
  let answeredBy: String
  /// `accepted`, `offloaded` or `offload-failed`.
  let reason: String
  /// Why the remote model did not answer; absent where it did or was not asked.
  let failure: String?
  /// What each exit of the local model said that was run.
  let localAnswers: [Opinion]
  let latency: Latency

  init(image: String, answer: Classification, classes: [String]) {
    func opinion(_ label: Int, _ confidence: Float) -> Opinion {
      Opinion(
        label: label, name: classes.indices.contains(label) ? classes[label] : "",
        confidence: Double(confidence))
    }
    self.image = image
    self.answer = opinion(answer.prediction, answer.confidence)
    answeredBy = answer.answeredBy.name
    switch answer.reason {
    case .accepted: (reason, failure) = ("accepted", nil)
    case .offloaded: (reason, failure) = ("offloaded", nil)
    case .offloadFailed(let error): (reason, failure) = ("offload-failed", error.words)
    }
    localAnswers = answer.localAnswers.map { opinion($0.prediction, $0.confidence) }
    let latency = answer.latency
    self.latency = Latency(
      totalMs: latency.total.milliseconds, localMs: latency.local.milliseconds,
      decisionMs: latency.decision.milliseconds, offloadMs: latency.offload?.milliseconds)
  }
}
