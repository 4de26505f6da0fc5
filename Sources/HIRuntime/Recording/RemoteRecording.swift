public import HIData
public import HITrace
public import HITransport
internal import HierarchicalInference

/// What a remote model answered over the network, and how long each answer took.
public struct RemoteRecording: Sendable {
  /// The answers as a trace with one exit: class and confidence, which is all that the wire carries.
  public let trace: Trace
  /// From each request to its answer.
  public let durations: [Duration]
}

extension RemoteModel {
  /// Asks the remote model about samples of a data set, one after the other.
  ///
  /// - Parameters:
  ///   - served: what the server says of its model.
  ///   - deadline: the most time for one answer.
  ///   - createdBy: the command that asked for it.
  ///   - progress: called once an answered sample.
  /// - Throws: the `OffloadError` of the first sample that is not answered: a trace has no holes.
  public func record(
    _ dataset: Dataset, indices: [Int], served: ServedModelDescription, deadline: Duration,
    createdBy: String, progress: @Sendable () -> Void = {}
  ) async throws -> RemoteRecording {
    var observations: [Observation] = []
    var durations: [Duration] = []
    for index in indices {
      try Task.checkCancellation()
      let start = ContinuousClock.now
      let answer = try await classify(dataset.sample(at: index), deadline: deadline)
      durations.append(.now - start)
      observations.append(
        Observation(
          prediction: answer.prediction, confidence: answer.confidence, runnerUp: .nan,
          entropy: .nan, logSumExp: .nan))
      progress()
    }
    let trace = try Trace(
      metadata: TraceMetadata(
        modelName: served.name, modelDigest: served.digest, precision: "",
        preprocessing: "", dataset: dataset.name, split: dataset.split, classes: served.classes,
        exitCount: 1, createdBy: createdBy),
      labels: indices.map { dataset.labels[$0] }, sampleIndices: indices,
      observations: observations)
    return RemoteRecording(trace: trace, durations: durations)
  }
}
