internal import HIData
public import HIModels
public import HITransport
internal import HierarchicalInference

/// Serves a model bundle: every inference thread has sessions of its own.
public struct BundleBackend: InferenceBackend {
  /// What is served.
  public let bundle: ModelBundle
  /// What clients are told of it.
  public let description: ServedModelDescription
  private let library: RuntimeLibrary
  private let threads: Int

  /// Prepares a bundle for serving.
  ///
  /// - Parameters:
  ///   - library: ONNX Runtime; nil searches for it.
  ///   - threads: how many threads share the work of one operator in each worker.
  /// - Throws: `ModelError` where ONNX Runtime is not found.
  public init(
    bundle: ModelBundle, library: RuntimeLibrary? = nil, threads: Int = 1
  ) throws(ModelError) {
    self.bundle = bundle
    if let library { self.library = library } else { self.library = try RuntimeLibrary() }
    self.threads = threads
    description = ServedModelDescription(
      name: bundle.manifest.name, digest: "sha256:\(bundle.digest)",
      classes: bundle.manifest.classes, shape: bundle.manifest.input.shape,
      elementType: bundle.manifest.input.elementType)
  }

  /// Loads the model for one thread.
  public func makeWorker() throws -> any InferenceWorker {
    BundleWorker(model: try StagedModel(bundle: bundle, library: library, threads: threads))
  }
}

/// A bundle as one inference thread holds it.
private struct BundleWorker: InferenceWorker {
  let model: StagedModel

  mutating func classify(_ sample: Sample) throws -> (prediction: Int, confidence: Float) {
    var last: Observation?
    try model.run(sample) { exit, logits in
      if exit == model.exitCount { last = Observation(logits: logits) }
      return true
    }
    guard let last, last.isValid else {
      throw ServingError.notNumbers(model: model.bundle.manifest.name)
    }
    return (last.prediction, last.confidence)
  }
}

/// Why a served model has no answer.
public enum ServingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The model's logits are NaN or infinite.
  case notNumbers(model: String)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .notNumbers(let model):
      "The model \(model) gave values that are not numbers for this sample; check the sample, or "
        + "serve the model at a higher precision."
    }
  }
}
