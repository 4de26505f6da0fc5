public import HIData
public import HIModels

extension TraceMetadata {
  /// What a trace of a bundle on a data set is recorded from.
  public init(_ bundle: ModelBundle, dataset: Dataset, createdBy: String) {
    let manifest = bundle.manifest
    var sum = 0
    self.init(
      modelName: manifest.name, modelDigest: "sha256:\(bundle.digest)",
      precision: manifest.precision.rawValue, preprocessing: manifest.input.summary,
      dataset: dataset.name, split: dataset.split, classes: manifest.classes,
      exitCount: manifest.stages.count,
      multiplyAccumulates: manifest.stages.map { stage in
        sum += stage.multiplyAccumulates
        return sum
      }, createdBy: createdBy)
  }
}

extension ModelManifest.Input {
  /// The preprocessing in words that two runs can be compared by.
  public var summary: String {
    let size = shape.map(String.init).joined(separator: "x")
    guard let normalisation else { return "\(size) \(layout.rawValue) \(elementType.rawValue)" }
    let mean = normalisation.mean.map { "\($0)" }.joined(separator: ",")
    let deviation = normalisation.standardDeviation.map { "\($0)" }.joined(separator: ",")
    return "\(size) \(layout.rawValue) \(elementType.rawValue) "
      + "(x*\(normalisation.scale)-\(mean))/\(deviation)"
  }
}
