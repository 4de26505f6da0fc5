import ArgumentParser
import HIData
import HIModels

/// Which samples a command works on.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help:
      "A data set's name (see `hi datasets`) or its folder; pictures lie in a sub-folder a class.",
    completion: .directory)
  var dataset: String

  @Option(
    help: "The split: train, calibration or test.", completion: DatasetSplit.completion,
    transform: DatasetSplit.named)
  var split: DatasetSplit = .test

  @Option(help: "How many samples; all unless given.")
  var samples: Int?

  @Option(help: "Which of them: the seed of the selection.")
  var seed: UInt64 = 1

  func validate() throws {
    if let samples, samples < 1 {
      throw ValidationError("--samples is at least 1, not \(samples).")
    }
  }

  /// The samples in a model's form, and the model under the data's class names where it has none of
  /// its own but numbers.
  func load(for bundle: ModelBundle) throws -> (dataset: Dataset, bundle: ModelBundle) {
    let manifest = bundle.manifest
    let loaded = try DatasetCatalogue().load(
      dataset, split: split, images: manifest.input.imageForm, classes: manifest.classes)
    let isNumbered = manifest.classes == (0..<manifest.classes.count).map(String.init)
    guard isNumbered, loaded.classes.count == manifest.classes.count else {
      return (loaded, bundle)
    }
    return (loaded, try bundle.named(classes: loaded.classes))
  }

  func indices(_ dataset: Dataset) -> [Int] { dataset.selection(of: samples, seed: seed) }
}
