public import HIData
public import HIModels

extension TraceMetadata {
  /// What a trace of a bundle on a data set is recorded from.
  ///
  /// - Parameters:
  ///   - bundle: the model.
  ///   - dataset: what it answers.
  ///   - createdBy: the command that records.
  ///   - secondLook: whether the last exit is a second look, which costs the whole model again.
  public init(
    _ bundle: ModelBundle, dataset: Dataset, createdBy: String, secondLook: Bool = false
  ) {
    self.init(bundle, createdBy: createdBy, secondLook: secondLook)
    self.dataset = dataset.name
    split = dataset.split
  }

  /// What a recording of a bundle's answers to whatever comes is made of: no data set, no split.
  public init(_ bundle: ModelBundle, createdBy: String, secondLook: Bool = false) {
    let manifest = bundle.manifest
    var sum = 0
    var cumulative = manifest.stages.map { stage in
      sum += stage.multiplyAccumulates
      return sum
    }
    if secondLook { cumulative.append(2 * sum) }
    self.init(
      modelName: manifest.name, modelDigest: "sha256:\(bundle.digest)",
      precision: manifest.precision.rawValue, preprocessing: manifest.input.summary,
      dataset: "", split: "", classes: manifest.classes,
      exitCount: cumulative.count, multiplyAccumulates: cumulative, createdBy: createdBy,
      secondLook: secondLook ? true : nil)
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
