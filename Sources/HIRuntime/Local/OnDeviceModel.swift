public import HIData
public import HIModels
public import HierarchicalInference
public import Tracing

/// A model bundle run on this device, one sample at a time on a thread of its own.
///
///     let local = try OnDeviceModel(bundle: ModelBundle(at: "Models/fashion-tiny.himodel"))
///     let outcome = try await local.run(sample, policy: .onDevice)
public actor OnDeviceModel: LocalModel {
  /// What the model was made of.
  public nonisolated let bundle: ModelBundle
  /// How many exits it has: one a stage of the bundle, and one more with a second look.
  public nonisolated let exitCount: Int
  /// Whether the last exit is a second look, at the sample's mirror image.
  public nonisolated let secondLook: Bool

  private let executor = QueueExecutor(label: "hierarchical-inference.local-model")
  private let model: StagedModel
  private let tracer: (any Tracer)?
  private var answers: [Observation] = []

  /// The thread that the model runs on.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// Loads a bundle.
  ///
  /// - Parameters:
  ///   - bundle: the model.
  ///   - library: ONNX Runtime; nil searches for it.
  ///   - threads: how many threads share the work of one operator.
  ///   - secondLook: whether one exit more averages the model's answers to the sample and to its mirror
  ///     image; only where a policy was made for it, and for images that mean the same mirrored.
  ///   - tracer: makes a span of every stage that is run; nil where nobody traces.
  /// - Throws: `ModelError` where a file is missing, damaged or not what the manifest says.
  public init(
    bundle: ModelBundle, library: RuntimeLibrary? = nil, threads: Int = 1,
    secondLook: Bool = false, tracer: (any Tracer)? = nil
  ) throws(ModelError) {
    self.bundle = bundle
    self.secondLook = secondLook
    self.tracer = tracer
    exitCount = bundle.manifest.stages.count + (secondLook ? 1 : 0)
    let found: RuntimeLibrary
    if let library { found = library } else { found = try RuntimeLibrary() }
    model = try StagedModel(
      bundle: bundle, library: found, threads: threads, secondLook: secondLook)
  }

  /// Runs the model on a sample until the policy settles it.
  public func run(_ sample: Sample, policy: Policy) throws -> LocalOutcome {
    let start = ContinuousClock.now
    var deciding = Duration.zero
    var verdict = Verdict.continue
    answers.removeAll(keepingCapacity: true)
    var stages = tracer.map { StageSpans(by: $0) }
    try model.run(sample) { exit, logits in
      let reached = ContinuousClock.now
      answers.append(
        Observation(logits: logits, temperature: policy.exits[exit - 1].temperature))
      verdict = policy.verdict(after: answers.span)
      deciding += .now - reached
      stages?.ended(exit, answers[exit - 1])
      return verdict == .continue
    }
    return LocalOutcome(
      answers: answers, verdict: verdict, duration: .now - start, decisionDuration: deciding)
  }

  /// What every exit says about a sample: the logits of all exits, row-major exits x classes.
  public func allLogits(for sample: Sample) throws -> [Float] {
    var all: [Float] = []
    all.reserveCapacity(exitCount * model.classCount)
    try model.run(sample) { _, logits in
      for index in logits.indices { all.append(logits[index]) }
      return true
    }
    return all
  }

  /// How long a sample takes to each exit: from its bytes to the exit's decision made, cumulative.
  public func exitDurations(for sample: Sample) throws -> [Duration] {
    var durations: [Duration] = []
    durations.reserveCapacity(exitCount)
    let start = ContinuousClock.now
    try model.run(sample) { _, logits in
      answers.removeAll(keepingCapacity: true)
      answers.append(Observation(logits: logits))
      durations.append(.now - start)
      return true
    }
    return durations
  }
}
