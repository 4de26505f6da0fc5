import Foundation
import HIData
import HIModels
import HIRuntime
import HITrace

/// A folder of traces over one split, recorded when they are first asked for.
struct TraceFolder {
  let folder: URL
  let dataset: Dataset
  let indices: [Int]

  /// The trace of a bundle: the one in the folder where it is of this bundle and these samples, else a
  /// new one.
  func trace(_ bundle: ModelBundle, secondLook: Bool) async throws -> Trace {
    let look = secondLook ? "-second-look" : ""
    let file = folder.appending(
      path: "\(bundle.manifest.name)-\(dataset.split)\(look).hitrace")
    if let kept = try? TraceFile.read(file),
      kept.metadata.modelDigest == "sha256:\(bundle.digest)",
      kept.metadata.dataset == dataset.name, (kept.metadata.secondLook ?? false) == secondLook,
      kept.sampleIndices == indices
    {
      return kept
    }
    let bar = ProgressBar(bundle.manifest.name, total: indices.count)
    defer { bar.finish() }
    let trace = try await OnDeviceModel(bundle: bundle, secondLook: secondLook).record(
      dataset, indices: indices, createdBy: "hi compare", progress: { bar.advance() })
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try TraceFile.write(trace, to: file)
    return trace
  }

  /// A remote model's recorded classes of the whole split, in its order.
  func imported(_ path: String) throws -> Trace {
    let answers = try RecordedClasses(path: path, samples: dataset.labels.count)
    return try answers.trace(of: dataset, indices: indices)
  }
}
