/// What a trace was recorded from: the model, the data and the way from one to the other.
public struct TraceMetadata: Codable, Sendable, Equatable {
  /// The model's name, as its bundle's manifest has it.
  public var modelName: String
  /// What identifies the model's weights, for example `sha256:…`; empty where unknown (imported
  /// answers of a model that is not at hand).
  public var modelDigest: String
  /// The precision that the model ran at: `fp32`, `fp16`, `int8`.
  public var precision: String
  /// What was done to a sample before the model saw it, in words that two runs can be compared by.
  public var preprocessing: String
  /// The data set's name.
  public var dataset: String
  /// The split of the data set: `calibration` or `test`.
  public var split: String
  /// The class names; labels and predictions are indices into them.
  public var classes: [String]
  /// How many exits the model has; a remote model has one.
  public var exitCount: Int
  /// Multiply-accumulates from the input to each exit, cumulative; empty where unknown.
  public var multiplyAccumulates: [Int]
  /// The command that made the trace.
  public var createdBy: String
  /// Whether the last exit is a second look: the answers to the sample and to its mirror image averaged.
  /// Nil, as in traces made before there were any, means no.
  public var secondLook: Bool?

  /// Makes the description of a trace.
  public init(
    modelName: String, modelDigest: String, precision: String, preprocessing: String,
    dataset: String, split: String, classes: [String], exitCount: Int,
    multiplyAccumulates: [Int] = [], createdBy: String, secondLook: Bool? = nil
  ) {
    self.modelName = modelName
    self.modelDigest = modelDigest
    self.precision = precision
    self.preprocessing = preprocessing
    self.dataset = dataset
    self.split = split
    self.classes = classes
    self.exitCount = exitCount
    self.multiplyAccumulates = multiplyAccumulates
    self.createdBy = createdBy
    self.secondLook = secondLook
  }

  /// How many exits are stages of the model itself.
  public var stageCount: Int { secondLook == true ? exitCount - 1 : exitCount }
}
