public import HITransport
public import HierarchicalInference

/// One sample's answer: the class, who gave it, why, and how long it took.
public struct Classification: Sendable, Equatable {
  /// The class, an index into the class names.
  public let prediction: Int
  /// The highest softmax value of whoever answered, 0 to 1.
  public let confidence: Float
  /// Who answered.
  public let answeredBy: Answerer
  /// Why it was they.
  public let reason: Reason
  /// What the local model's exits said; empty where it was not run.
  public let localAnswers: [Observation]
  /// What the remote model said; nil where it was not asked or did not answer.
  public let remoteAnswer: RemoteAnswer?
  /// Where the time went.
  public let latency: LatencyBreakdown

  /// Makes an answer.
  public init(
    prediction: Int, confidence: Float, answeredBy: Answerer, reason: Reason,
    localAnswers: [Observation], remoteAnswer: RemoteAnswer?, latency: LatencyBreakdown
  ) {
    self.prediction = prediction
    self.confidence = confidence
    self.answeredBy = answeredBy
    self.reason = reason
    self.localAnswers = localAnswers
    self.remoteAnswer = remoteAnswer
    self.latency = latency
  }

  /// Whether the policy sent the sample to the remote model, whatever became of it.
  public var wasOffloaded: Bool {
    switch reason {
    case .accepted: false
    case .offloaded, .offloadFailed: true
    }
  }
}

/// Who gave a sample's answer.
public enum Answerer: Sendable, Equatable {
  /// An early exit of the local model, counted from 1.
  case earlyExit(Int)
  /// The local model's last exit.
  case local
  /// The remote model.
  case remote
  /// The local model in the place of the remote one, which did not answer.
  case fallback

  /// The name in tables and JSON: `exit1`, `local`, `remote` or `fallback`.
  public var name: String {
    switch self {
    case .earlyExit(let exit): "exit\(exit)"
    case .local: "local"
    case .remote: "remote"
    case .fallback: "fallback"
    }
  }
}

/// Why a sample was answered by whom it was.
public enum Reason: Sendable, Equatable {
  /// The policy accepted the local answer.
  case accepted
  /// The policy offloaded the sample and the remote model answered.
  case offloaded
  /// The policy offloaded the sample, the remote model did not answer, and the local answer stands in.
  case offloadFailed(OffloadError)
}

/// Where a sample's time went. All are durations of one clock, the device's.
public struct LatencyBreakdown: Sendable, Equatable {
  /// From the call to the answer.
  public let total: Duration
  /// Running the local model's stages, decisions not included; zero where it was not run.
  public let local: Duration
  /// Observing logits and deciding.
  public let decision: Duration
  /// Waiting for the remote model; nil where the sample was not offloaded.
  public let offload: Duration?

  /// Makes a breakdown.
  public init(total: Duration, local: Duration, decision: Duration, offload: Duration?) {
    self.total = total
    self.local = local
    self.decision = decision
    self.offload = offload
  }
}
