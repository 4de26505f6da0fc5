internal import HierarchicalInference

extension Trace {
  /// Refuses parts that do not fit each other.
  static func check(
    metadata: TraceMetadata, labels: [Int], sampleIndices: [Int], observations: [Observation],
    logits: [Float]
  ) throws(TraceError) {
    let model = metadata.modelName
    let classes = metadata.classes.count
    func expect(_ part: String, _ found: Int, _ expected: Int) throws(TraceError) {
      guard found == expected else {
        throw .wrongCount(model: model, part: part, found: found, expected: expected)
      }
    }
    guard metadata.exitCount >= 1 else { throw .noExits(model: model) }
    try expect("sample indices", sampleIndices.count, labels.count)
    // A file can claim any number of exits.
    let (answers, overflow) = labels.count.multipliedReportingOverflow(by: metadata.exitCount)
    try expect("observations", observations.count, overflow ? .max : answers)
    if !logits.isEmpty { try expect("logits", logits.count, observations.count * classes) }
    if !metadata.multiplyAccumulates.isEmpty {
      try expect(
        "multiply-accumulate counts", metadata.multiplyAccumulates.count, metadata.exitCount)
    }
    for (sample, label) in labels.enumerated() where !(0..<classes).contains(label) {
      throw .classOutOfRange(
        model: model, part: "label", sample: sample, found: label, classes: classes)
    }
    for (position, observation) in observations.enumerated()
    where !(0..<classes).contains(observation.prediction) {
      throw .classOutOfRange(
        model: model, part: "prediction", sample: position / metadata.exitCount,
        found: observation.prediction, classes: classes)
    }
    var seen = Set<Int>(minimumCapacity: sampleIndices.count)
    for index in sampleIndices where !seen.insert(index).inserted {
      throw .repeatedSample(model: model, index: index)
    }
  }
}
