/// The answer to one sample of a request, and what it took.
public struct ModelAnswer: Sendable, Equatable {
  /// What the model gave.
  public let output: ModelOutput
  /// How long the request waited and was computed.
  public let timing: InferenceTiming

  /// Makes an answer.
  public init(output: ModelOutput, timing: InferenceTiming) {
    self.output = output
    self.timing = timing
  }

  /// One value a class.
  public var logits: [Float] { output.logits }
  /// The class with the highest logit.
  public var prediction: Int { output.prediction }
  /// The highest softmax value, 0 to 1.
  public var confidence: Float { output.confidence }
  /// The softmax of the logits, one value a class.
  public var probabilities: [Float] { output.probabilities }
}

/// Where a request's time in the server went.
public struct InferenceTiming: Sendable, Equatable {
  /// From the request's last byte to the start of the model.
  public let queue: Duration
  /// In the model, together with the rest of its batch.
  public let compute: Duration
  /// How many samples the model ran together, this request's and others'.
  public let batchSize: Int

  /// Makes a timing.
  public init(queue: Duration, compute: Duration, batchSize: Int) {
    self.queue = queue
    self.compute = compute
    self.batchSize = batchSize
  }

  /// Queue and model together, in whole microseconds.
  public var microseconds: UInt32 {
    UInt32(clamping: Int64((queue + compute) / .microseconds(1)))
  }
}
