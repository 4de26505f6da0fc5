public import HIData
internal import HIModels
public import HITrace
internal import HierarchicalInference

extension OnDeviceModel {
  /// Runs every exit on samples of a data set and keeps what they say.
  ///
  /// - Parameters:
  ///   - dataset: of the model's classes, shape and element type.
  ///   - indices: which samples; positions in the data set.
  ///   - createdBy: the command that asked for it.
  ///   - progress: called once a finished sample.
  /// - Throws: ``RecordingError`` where the data set has other classes than the model; the model's own
  ///   error where a sample does not fit it; `CancellationError`.
  public nonisolated func record(
    _ dataset: Dataset, indices: [Int], createdBy: String,
    progress: @Sendable () -> Void = {}
  ) async throws -> Trace {
    let manifest = bundle.manifest
    guard dataset.classes == manifest.classes else {
      throw RecordingError.otherClasses(
        model: manifest.name, modelClasses: manifest.classes.count, dataset: dataset.name,
        datasetClasses: dataset.classes.count)
    }
    var logits: [Float] = []
    logits.reserveCapacity(indices.count * exitCount * manifest.classes.count)
    for index in indices {
      try Task.checkCancellation()
      logits += try await allLogits(for: dataset.sample(at: index))
      progress()
    }
    let classes = manifest.classes.count
    let all = logits.span
    let observations = (0..<indices.count * exitCount).map { row in
      Observation(logits: all.extracting(row * classes..<(row + 1) * classes))
    }
    return try Trace(
      metadata: TraceMetadata(
        bundle, dataset: dataset, createdBy: createdBy, secondLook: secondLook),
      labels: indices.map { dataset.labels[$0] }, sampleIndices: indices,
      observations: observations, logits: logits)
  }
}

/// Why a model cannot be recorded on a data set.
public enum RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The data set's labels mean other classes than the model's answers.
  case otherClasses(model: String, modelClasses: Int, dataset: String, datasetClasses: Int)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .otherClasses(let model, let modelClasses, let dataset, let datasetClasses):
      "The model '\(model)' tells \(modelClasses) classes apart and the data set '\(dataset)' has "
        + "\(datasetClasses), with other names or in another order; use the data that the model was "
        + "trained for."
    }
  }
}
