public import HIData

/// A bundle's model, loaded and ready to run stage by stage.
///
///     let model = try StagedModel(bundle: bundle, library: RuntimeLibrary())
///     try model.run(sample) { exit, logits in
///       let observation = Observation(logits: logits)
///       return observation.confidence < 0.9   // true: compute the next exit too
///     }
///
/// Calls block, and one thread at a time may use a model; a server makes one a thread. Everything that
/// a run needs is allocated when the model is made.
public final class StagedModel {
  /// What the model was made of.
  public let bundle: ModelBundle
  private let sessions: [StageSession]
  private let contracts: [StageContract]
  // Kept apart from the manifest, whose copy would count references on every run.
  private let elementType: ElementType
  private let shape: [Int]
  private let normaliser: InputNormaliser
  private let single: StagePipeline
  /// The buffers of the batch sizes other than 1 that were asked for, all in the largest one's memory.
  private var batched: [Int: StagePipeline] = [:]
  private var largest: StagePipeline?
  private var secondLook: SecondLook?

  /// How many exits there are: one a stage, and one more with a second look.
  public var exitCount: Int { contracts.count + (secondLook == nil ? 0 : 1) }
  /// How many classes there are, and logits an exit has.
  public var classCount: Int { bundle.manifest.classes.count }

  /// Loads a bundle's stages and compares each with the manifest.
  ///
  /// - Parameters:
  ///   - bundle: the model.
  ///   - library: ONNX Runtime.
  ///   - threads: how many threads share the work of one operator; 1 computes on the caller's alone.
  ///   - secondLook: whether ``run(_:onExit:)`` has one exit more: the last stage's logits averaged over
  ///     the sample and its mirror image, for images whose mirror image is of the same class.
  /// - Throws: ``ModelError`` where a file does not load or has other tensors than the manifest says.
  public init(
    bundle: ModelBundle, library: RuntimeLibrary, threads: Int = 1, secondLook: Bool = false
  ) throws(ModelError) {
    precondition(threads > 0, "a model runs on one thread at least")
    var sessions: [StageSession] = []
    var contracts: [StageContract] = []
    var shape = bundle.manifest.input.shape
    for (index, stage) in bundle.manifest.stages.enumerated() {
      let file = bundle.file(ofStage: index)
      let session = try StageSession(
        contents: bundle.contents(ofStage: index), file: file, threads: threads, library: library)
      let contract = try StageContract(
        stage: stage, session: session, file: file, inputShape: shape,
        classCount: bundle.manifest.classes.count)
      shape = contract.hiddenShape
      sessions.append(session)
      contracts.append(contract)
    }
    self.bundle = bundle
    self.sessions = sessions
    self.contracts = contracts
    elementType = bundle.manifest.input.elementType
    self.shape = bundle.manifest.input.shape
    normaliser = InputNormaliser(bundle.manifest.input)
    single = try StagePipeline(batch: 1, sessions: sessions, contracts: contracts)
    self.secondLook =
      secondLook
      ? SecondLook(bundle.manifest.input, classCount: bundle.manifest.classes.count) : nil
  }

  /// Runs a sample through the stages until `onExit` has enough; what comes after is not computed.
  ///
  /// - Parameters:
  ///   - sample: of the manifest's shape and element type.
  ///   - onExit: gets an exit's number, from 1, and its logits, one a class and valid during the call;
  ///     says whether to go on. It does not use the model itself.
  /// - Throws: ``ModelError/sampleMismatch(model:expected:found:)``,
  ///   ``ModelError/runFailed(file:reason:)``, or what `onExit` throws.
  public func run(
    _ sample: Sample, onExit: (_ exit: Int, _ logits: Span<Float>) throws -> Bool
  ) throws {
    try check(sample)
    normaliser.write(sample.bytes, to: single.input.elements)
    for stage in contracts.indices {
      try single.run(stage: stage)
      let logits = single.logits(ofStage: stage)
      guard try onExit(stage + 1, logits.span) else { return }
    }
    guard secondLook != nil else { return }
    let last = contracts.count - 1
    secondLook?.keep(single.logits(ofStage: last))
    normaliser.write(sample.bytes, to: single.input.elements)
    secondLook?.mirror(single.input.elements)
    for stage in contracts.indices { try single.run(stage: stage) }
    guard let mean = secondLook?.mean(with: single.logits(ofStage: last)) else { return }
    _ = try onExit(contracts.count + 1, mean.span)
  }

  /// The last exit's logits for a sample, one a class.
  ///
  /// - Throws: ``ModelError/sampleMismatch(model:expected:found:)`` or
  ///   ``ModelError/runFailed(file:reason:)``.
  public func logits(for sample: Sample) throws(ModelError) -> [Float] {
    try check(sample)
    normaliser.write(sample.bytes, to: single.input.elements)
    for stage in contracts.indices { try single.run(stage: stage) }
    return Array(single.logits(ofStage: contracts.count - 1))
  }

  /// The last exit's logits for several samples, computed at once where the model allows it.
  ///
  /// - Throws: ``ModelError/sampleMismatch(model:expected:found:)`` or
  ///   ``ModelError/runFailed(file:reason:)``; then no sample has an answer.
  public func batchLogits(_ samples: [Sample]) throws(ModelError) -> [[Float]] {
    guard samples.count > 1, contracts.allSatisfy(\.hasFreeBatch) else {
      var answers: [[Float]] = []
      for sample in samples { answers.append(try logits(for: sample)) }
      return answers
    }
    for sample in samples { try check(sample) }
    let pipeline = try pipeline(batch: samples.count)
    let size = pipeline.input.elements.count / samples.count
    for (index, sample) in samples.enumerated() {
      let row = pipeline.input.elements[index * size..<(index + 1) * size]
      normaliser.write(sample.bytes, to: UnsafeMutableBufferPointer(rebasing: row))
    }
    for stage in contracts.indices { try pipeline.run(stage: stage) }
    let logits = pipeline.logits(ofStage: contracts.count - 1)
    return samples.indices.map { Array(logits[$0 * classCount..<($0 + 1) * classCount]) }
  }

  private func pipeline(batch: Int) throws(ModelError) -> StagePipeline {
    if let pipeline = batched[batch] { return pipeline }
    let shared = largest.flatMap { $0.batch > batch ? $0 : nil }
    let pipeline = try StagePipeline(
      batch: batch, sessions: sessions, contracts: contracts, sharing: shared)
    if shared == nil {
      // The others lie in memory that is too small now.
      batched = [:]
      largest = pipeline
    }
    batched[batch] = pipeline
    return pipeline
  }

  private func check(_ sample: Sample) throws(ModelError) {
    guard sample.shape == shape, sample.elementType == elementType else {
      throw .sampleMismatch(
        model: bundle.manifest.name,
        expected: "\(elementType.rawValue) \(shape)",
        found: "\(sample.elementType.rawValue) \(sample.shape)")
    }
  }
}
