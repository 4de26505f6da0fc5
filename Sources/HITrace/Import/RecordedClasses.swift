public import HIData
internal import HierarchicalInference

/// The classes that a model once gave every sample of a split, in the split's order, from a NumPy file:
/// a remote model that cannot be run here, for planning.
public struct RecordedClasses: Sendable {
  private let path: String
  private let classes: [Int]

  /// Reads a list of integers.
  ///
  /// - Parameters:
  ///   - path: the `.npy` file.
  ///   - samples: how many samples the split has.
  /// - Throws: `DataError` where the file cannot be read; ``ImportError`` where it is not a list of
  ///   integers; ``TraceError`` where it has another number of them.
  public init(path: String, samples: Int) throws {
    let array = try NPYArray(path: path)
    guard array.shape.count == 1, let values = array.integers() else {
      throw ImportError.notAList(file: path, shape: array.shape)
    }
    guard values.count == samples else {
      throw TraceError.wrongCount(
        model: path, part: "answers", found: values.count, expected: samples)
    }
    self.path = path
    classes = values
  }

  /// The trace of a selection of the split's samples; every confidence is 1.
  ///
  /// - Throws: ``TraceError`` where an answer is not one of the data set's classes.
  public func trace(of dataset: Dataset, indices: [Int]) throws(TraceError) -> Trace {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return try Trace(
      metadata: TraceMetadata(
        modelName: file.hasSuffix(".npy") ? String(file.dropLast(4)) : file, modelDigest: "",
        precision: "", preprocessing: "", dataset: dataset.name, split: dataset.split,
        classes: dataset.classes, exitCount: 1, createdBy: "imported answers"),
      labels: indices.map { dataset.labels[$0] }, sampleIndices: indices,
      observations: indices.map {
        Observation(
          prediction: classes[$0], confidence: 1, runnerUp: 0, entropy: 0, logSumExp: 0)
      })
  }
}
