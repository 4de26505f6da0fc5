public import HierarchicalInference

/// What happened to one sample of a live run: what the exits said, what was decided, who answered, and
/// how long it took.
public struct RunRecord: Sendable, RecordWithInput {
  /// What a remote model said.
  public struct RemoteWords: Sendable, Equatable {
    /// The class.
    public let prediction: Int
    /// The highest softmax value, 0 to 1.
    public let confidence: Float

    /// Makes an answer.
    public init(prediction: Int, confidence: Float) {
      self.prediction = prediction
      self.confidence = confidence
    }
  }

  /// What both models say to a sample, asked whatever the policy decided.
  public struct Shadow: Sendable, Equatable {
    /// What every exit of the local model says, at temperature 1.
    public let answers: [Observation]
    /// What the remote model says.
    public let remote: RemoteWords

    /// Makes the answers of both.
    public init(answers: [Observation], remote: RemoteWords) {
      self.answers = answers
      self.remote = remote
    }
  }

  /// Where the sample's time went, in milliseconds.
  public struct Latencies: Sendable, Equatable {
    /// From the call to the answer.
    public let total: Double
    /// Running the local model's stages.
    public let local: Double
    /// Observing and deciding.
    public let decision: Double
    /// Waiting for the remote model; nil where the sample was not offloaded.
    public let offload: Double?

    /// Makes a breakdown.
    public init(total: Double, local: Double, decision: Double, offload: Double?) {
      self.total = total
      self.local = local
      self.decision = decision
      self.offload = offload
    }
  }

  /// The sample's place in its split; nil outside of data sets.
  public var sampleIndex: Int?
  /// The true class, where it is known.
  public var label: Int?
  /// The class that was answered.
  public var prediction: Int
  /// The highest softmax value of whoever answered, 0 to 1.
  public var confidence: Float
  /// Who answered: `exit1` …, `local`, `remote` or `fallback`.
  public var answeredBy: String
  /// `accepted`, `offloaded`, or why the offload failed: `unreachable` …
  public var reason: String
  /// Where the time went.
  public var latencies: Latencies
  /// What the exits said that were run, as the policy observed them.
  public var answers: [Observation]
  /// What the remote model said; nil where it did not answer.
  public var remote: RemoteWords?
  /// What both models said, for a sample that was drawn for it.
  public var shadow: Shadow?
  /// The sample's bytes, where they are kept.
  public var input: [UInt8]?

  /// Makes a record.
  public init(
    sampleIndex: Int?, label: Int?, prediction: Int, confidence: Float, answeredBy: String,
    reason: String, latencies: Latencies, answers: [Observation], remote: RemoteWords?,
    shadow: Shadow? = nil, input: [UInt8]? = nil
  ) {
    self.sampleIndex = sampleIndex
    self.label = label
    self.prediction = prediction
    self.confidence = confidence
    self.answeredBy = answeredBy
    self.reason = reason
    self.latencies = latencies
    self.answers = answers
    self.remote = remote
    self.shadow = shadow
    self.input = input
  }
}
