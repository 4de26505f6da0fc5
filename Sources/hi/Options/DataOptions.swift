import ArgumentParser
import HIData

/// Which samples a command works on.
struct DataOptions: ParsableArguments {
  @Option(name: .customLong("data"), help: "A data set's name (see `hi datasets`) or its folder.")
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

  func load() throws -> Dataset { try DatasetCatalogue().load(dataset, split: split) }

  func indices(_ dataset: Dataset) -> [Int] { dataset.selection(of: samples, seed: seed) }
}
