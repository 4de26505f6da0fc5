import HITrace
import HierarchicalInference
import Testing

@Suite("Traces")
struct TraceTests {
  private func trace(
    _ metadata: TraceMetadata, labels: [Int] = [0, 1], indices: [Int] = [0, 1],
    predictions: [Int] = [0, 0]
  ) throws(TraceError) -> Trace {
    try Trace(
      metadata: metadata, labels: labels, sampleIndices: indices,
      observations: predictions.map { answer($0, 0.9) })
  }

  @Test func answersAreReadRowByRow() throws {
    let trace = try Trace(
      metadata: metadata("m", exits: 2), labels: [3, 4], sampleIndices: [7, 9],
      observations: [answer(3, 0.5), answer(1, 0.6), answer(4, 0.7), answer(4, 0.8)])
    #expect(trace.answers(1).map(\.confidence) == [0.7, 0.8])
    #expect(trace.prediction(sample: 0, exit: 1) == 1)
    #expect(trace.isCorrect(sample: 0, exit: 0))
    #expect(!trace.isCorrect(sample: 0, exit: 1))
    #expect(trace.accuracy(exit: 0) == 1)
    #expect(trace.accuracy(exit: 1) == 0.5)
    #expect(trace.rows([1]).sampleIndices == [9])
  }

  @Test func anExitWithoutNumbersIsNeverRight() throws {
    let trace = try Trace(
      metadata: metadata("m"), labels: [0], sampleIndices: [0], observations: [answer(0, .nan)])
    #expect(!trace.isCorrect(sample: 0, exit: 0))
  }

  @Test func partsThatDoNotFitAreRefused() {
    #expect(throws: TraceError.noExits(model: "m")) {
      try trace(
        TraceMetadata(
          modelName: "m", modelDigest: "", precision: "", preprocessing: "", dataset: "",
          split: "", classes: ["a"], exitCount: 0, createdBy: ""))
    }
    #expect(
      throws: TraceError.wrongCount(model: "m", part: "observations", found: 1, expected: 2)
    ) { try trace(metadata("m"), predictions: [0]) }
    #expect(
      throws: TraceError.wrongCount(model: "m", part: "sample indices", found: 3, expected: 2)
    ) { try trace(metadata("m"), indices: [0, 1, 2]) }
    #expect(
      throws: TraceError.classOutOfRange(
        model: "m", part: "label", sample: 1, found: 10, classes: 10)
    ) { try trace(metadata("m"), labels: [0, 10]) }
    #expect(
      throws: TraceError.classOutOfRange(
        model: "m", part: "prediction", sample: 0, found: -1, classes: 10)
    ) { try trace(metadata("m"), predictions: [-1, 0]) }
    #expect(throws: TraceError.repeatedSample(model: "m", index: 5)) {
      try trace(metadata("m"), indices: [5, 5])
    }
  }

  @Test func tracesAreAlignedOnTheirPlaceInTheSplit() throws {
    let local = try trace(
      metadata("small"), labels: [0, 1, 2], indices: [10, 11, 12], predictions: [0, 1, 2])
    let remote = try trace(
      metadata("large"), labels: [2, 0, 5], indices: [12, 10, 99], predictions: [2, 1, 5])
    let joined = try JoinedTrace(local: local, remote: remote)
    #expect(joined.local.sampleIndices == [10, 12])
    #expect(joined.remote.sampleIndices == [10, 12])
    #expect(joined.labels == [0, 2])
    #expect(!joined.isRemoteCorrect(0))
    #expect(joined.isRemoteCorrect(1))
  }

  @Test func tracesOfOtherDataAreRefusedByName() throws {
    let local = try trace(metadata("small"))
    #expect(
      throws: TraceError.different(what: "data set", local: "'made-up'", remote: "'other'")
    ) {
      try JoinedTrace(local: local, remote: trace(metadata("large", dataset: "other")))
    }
    #expect(throws: TraceError.different(what: "split", local: "'calibration'", remote: "'test'")) {
      try JoinedTrace(local: local, remote: trace(metadata("large", split: "test")))
    }
    let error = #expect(throws: TraceError.self) {
      try JoinedTrace(local: local, remote: trace(metadata("large", classes: 100)))
    }
    #expect(error?.description.contains("10 classes") == true)
    #expect(error?.description.contains("100 classes") == true)
    #expect(
      throws: TraceError.differentLabels(
        local: "small", remote: "large", index: 1, localLabel: 1, remoteLabel: 2)
    ) { try JoinedTrace(local: local, remote: trace(metadata("large"), labels: [0, 2])) }
    #expect(throws: TraceError.nothingInCommon(local: "small", remote: "large")) {
      try JoinedTrace(local: local, remote: trace(metadata("large"), indices: [8, 9]))
    }
    #expect(throws: TraceError.remoteHasExits(model: "large", exits: 2)) {
      try JoinedTrace(
        local: local,
        remote: trace(metadata("large", exits: 2), predictions: [0, 0, 0, 0]))
    }
  }

  @Test func temperaturesNeedLogits() throws {
    let bare = try trace(metadata("m"))
    #expect(throws: TraceError.noLogits(model: "m")) { try bare.observed(temperatures: [2]) }
    let logits: [Float] = [4, 0]
    let kept = try Trace(
      metadata: metadata("m", classes: 2), labels: [0], sampleIndices: [0],
      observations: [Observation(logits: logits.span)], logits: logits)
    // softmax of (2, 0): 1 / (1 + e^-2)
    let cooler = try kept.observed(temperatures: [2]).observations[0].confidence
    #expect(abs(cooler - 0.880_797) < 1e-6)
  }
}
