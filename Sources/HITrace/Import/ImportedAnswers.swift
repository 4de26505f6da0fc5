internal import HIData
internal import HierarchicalInference

/// A model's answers that were computed elsewhere, read from NumPy files and checked.
public struct ImportedAnswers: Sendable {
  /// The class names.
  public let classes: [String]
  /// The true class of every sample.
  public let labels: [Int]
  /// What every exit said, row-major samples x exits.
  let observations: [Observation]
  /// Logits, where the files held them; row-major samples x exits x classes.
  let logits: [Float]
  let exitCount: Int

  /// The most classes without names: a million, as no classifier has.
  private static let classLimit = 1 << 20

  /// Reads files.
  ///
  /// - Parameters:
  ///   - labels: a list of integers, the true classes from 0.
  ///   - exits: one file an exit, in order: probabilities or logits of shape samples x classes, or a
  ///     list of integers, the predicted classes alone (their confidence is then 1).
  ///   - holdLogits: whether the exits' files hold logits.
  ///   - classes: the class names; numbers where none are given.
  /// - Throws: `DataError` where a file cannot be read; ``ImportError`` where its values cannot be
  ///   what they are said to be.
  public init(
    labels: String, exits: [String], holdLogits: Bool, classes: [String] = []
  ) throws {
    let truth = try Self.integers(labels)
    let arrays = try exits.map { (path: $0, array: try NPYArray(path: $0)) }
    let widths = arrays.compactMap { $0.array.shape.count == 2 ? $0.array.shape[1] : nil }
    let largest = max(truth.max() ?? 0, 0)
    // A file of a few bytes can claim any class and any width; names are made for as many.
    let count =
      classes.isEmpty
      ? min(widths.first ?? min(largest, Self.classLimit) + 1, Self.classLimit) : classes.count
    if let wrong = truth.firstIndex(where: { !(0..<count).contains($0) }) {
      throw ImportError.classOutOfRange(
        file: labels, sample: wrong, found: truth[wrong], classes: count)
    }
    var rows: [[Observation]] = []
    var kept: [[Float]] = []
    for (path, array) in arrays {
      let exit = ExitArray(file: path, array: array, samples: truth.count, classes: count)
      rows.append(try exit.observations(holdLogits: holdLogits))
      if holdLogits, array.shape.count == 2 { kept.append(array.floats()) }
    }
    self.labels = truth
    self.classes = classes.isEmpty ? (0..<count).map(String.init) : classes
    exitCount = exits.count
    observations = truth.indices.flatMap { sample in rows.map { $0[sample] } }
    logits =
      kept.count == exits.count
      ? truth.indices.flatMap { sample in
        kept.flatMap { $0[sample * count..<(sample + 1) * count] }
      } : []
  }

  /// The answers as a trace.
  public func trace(
    modelName: String, precision: String, dataset: String, split: String, createdBy: String
  ) throws(TraceError) -> Trace {
    try Trace(
      metadata: TraceMetadata(
        modelName: modelName, modelDigest: "", precision: precision, preprocessing: "",
        dataset: dataset, split: split, classes: classes, exitCount: exitCount,
        createdBy: createdBy),
      labels: labels, sampleIndices: Array(labels.indices), observations: observations,
      logits: logits)
  }

  private static func integers(_ path: String) throws -> [Int] {
    let array = try NPYArray(path: path)
    guard array.shape.count == 1, let values = array.integers() else {
      throw ImportError.notAList(file: path, shape: array.shape)
    }
    return values
  }
}

/// One exit's file.
struct ExitArray {
  let file: String
  let array: NPYArray
  let samples: Int
  let classes: Int

  func observations(holdLogits: Bool) throws(ImportError) -> [Observation] {
    guard array.shape.first == samples else {
      throw .otherSampleCount(file: file, found: array.shape.first ?? 0, labels: samples)
    }
    if array.shape.count == 1, let predictions = array.integers() {
      return try predicted(predictions)
    }
    guard array.shape.count == 2, array.shape[1] == classes else {
      throw .wrongShape(file: file, found: array.shape, expected: [samples, classes])
    }
    let values = array.floats()
    let span = values.span
    var observations: [Observation] = []
    observations.reserveCapacity(samples)
    for sample in 0..<samples {
      let row = span.extracting(sample * classes..<(sample + 1) * classes)
      try check(row, sample: sample, areLogits: holdLogits)
      observations.append(holdLogits ? Observation(logits: row) : Observation(probabilities: row))
    }
    return observations
  }

  private func predicted(_ predictions: [Int]) throws(ImportError) -> [Observation] {
    if let wrong = predictions.firstIndex(where: { !(0..<classes).contains($0) }) {
      throw .classOutOfRange(
        file: file, sample: wrong, found: predictions[wrong], classes: classes)
    }
    return predictions.map {
      Observation(prediction: $0, confidence: 1, runnerUp: 0, entropy: 0, logSumExp: .nan)
    }
  }

  private func check(
    _ row: Span<Float>, sample: Int, areLogits: Bool
  ) throws(ImportError) {
    var sum = 0.0
    for index in row.indices {
      let value = row[index]
      guard value.isFinite else { throw .notANumber(file: file, sample: sample, found: value) }
      guard areLogits || value >= 0 else {
        throw .negativeProbability(file: file, sample: sample, found: value)
      }
      sum += Double(value)
    }
    guard areLogits || abs(sum - 1) <= 1e-3 else {
      throw .doesNotSumToOne(file: file, sample: sample, found: sum)
    }
  }
}

/// Why a NumPy file does not hold what it is said to.
public enum ImportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Labels that are not a list of integers.
  case notAList(file: String, shape: [Int])
  /// An exit's file that is neither samples x classes nor a list of integers.
  case wrongShape(file: String, found: [Int], expected: [Int])
  /// Another number of rows than there are labels.
  case otherSampleCount(file: String, found: Int, labels: Int)
  /// A label or predicted class that is none.
  case classOutOfRange(file: String, sample: Int, found: Int, classes: Int)
  /// NaN or infinity.
  case notANumber(file: String, sample: Int, found: Float)
  /// A probability below zero.
  case negativeProbability(file: String, sample: Int, found: Float)
  /// A row of probabilities whose sum is not one.
  case doesNotSumToOne(file: String, sample: Int, found: Double)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .notAList(let file, let shape):
      "\(file) has the shape \(shape) where a list of integers is expected; save the true classes "
        + "as a one-dimensional integer array."
    case .wrongShape(let file, let found, let expected):
      "\(file) has the shape \(found) where \(expected) (samples x classes) is expected; save one "
        + "row a sample."
    case .otherSampleCount(let file, let found, let labels):
      "\(file) has \(found) rows and there are \(labels) labels; save the answers to the same "
        + "samples in the same order."
    case .classOutOfRange(let file, let sample, let found, let classes):
      "\(file) gives sample \(sample) the class \(found) where 0 to \(classes - 1) are expected; "
        + "number the classes from 0."
    case .notANumber(let file, let sample, let found):
      "\(file) holds \(found) for sample \(sample) where finite numbers are expected; check the "
        + "model that produced it."
    case .negativeProbability(let file, let sample, let found):
      "\(file) holds \(found) for sample \(sample), and a probability is not negative; add --logits "
        + "if these are logits."
    case .doesNotSumToOne(let file, let sample, let found):
      "\(file)'s probabilities for sample \(sample) sum to \(found) and not to 1; save softmax "
        + "values, or add --logits if these are logits."
    }
  }
}
