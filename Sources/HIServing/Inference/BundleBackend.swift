internal import HIData
public import HIModels
public import HITransport

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
  ///   - bundle: the model.
  ///   - name: what clients call it; nil for the manifest's name.
  ///   - library: ONNX Runtime; nil searches for it.
  ///   - threads: how many threads share the work of one operator in each worker.
  /// - Throws: `ModelError` where ONNX Runtime is not found.
  public init(
    bundle: ModelBundle, name: String? = nil, library: RuntimeLibrary? = nil, threads: Int = 1
  ) throws(ModelError) {
    self.bundle = bundle
    if let library { self.library = library } else { self.library = try RuntimeLibrary() }
    self.threads = threads
    description = ServedModelDescription(
      name: name ?? bundle.manifest.name, digest: "sha256:\(bundle.digest)",
      classes: bundle.manifest.classes, shape: bundle.manifest.input.shape,
      elementType: bundle.manifest.input.elementType)
  }

  /// The bundle's manifest.
  public var manifest: ModelManifest? { bundle.manifest }

  /// Loads the model for one thread.
  public func makeWorker() throws -> any InferenceWorker {
    BundleWorker(model: try StagedModel(bundle: bundle, library: library, threads: threads))
  }
}

/// A bundle as one inference thread holds it.
private struct BundleWorker: InferenceWorker {
  let model: StagedModel

  mutating func run(_ samples: [Sample]) throws -> [ModelOutput] {
    try model.batchLogits(samples).map { logits in
      let output = ModelOutput(logits: logits)
      guard output.confidence.isFinite else {
        throw ServingError.notNumbers(model: model.bundle.manifest.name)
      }
      return output
    }
  }
}
