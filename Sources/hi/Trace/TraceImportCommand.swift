import ArgumentParser
import Foundation
import HIData
import HITrace

/// `hi trace import`: answers that were computed elsewhere.
struct TraceImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Makes a trace of answers in NumPy files: labels, and one file an exit.",
    discussion: """
      An exit's file holds probabilities, samples x classes, whose rows sum to one; with --logits it \
      holds logits; a list of integers holds the predicted classes alone.
      Example: hi trace import --labels y.npy --exit p1.npy --exit p2.npy --name my-model \
      --data my-data --split test --out local.hitrace
      """)

  @Option(
    help: "The true classes: a list of integers from 0.", completion: .file(extensions: ["npy"]))
  var labels: String

  @Option(
    name: .customLong("exit"), parsing: .singleValue,
    help: "What an exit answered; once an exit, in order.", completion: .file(extensions: ["npy"]))
  var exits: [String]

  @Option(help: "The model's name.")
  var name: String

  @Option(
    name: .customLong("data"), help: "The data set's name; the traces of two models must agree.")
  var dataset: String

  @Option(help: "The split that the samples are of.")
  var split = "test"

  @Option(
    name: .customLong("class"), parsing: .upToNextOption,
    help: "The class names in order; numbers unless given.")
  var classes: [String] = []

  @Option(help: "How precise the model's arithmetic was: fp32, fp16 or int8.")
  var precision = "fp32"

  @Flag(help: "The exits' files hold logits.")
  var logits = false

  @Option(help: "The file to write.", completion: .file())
  var out: String

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if exits.isEmpty { throw ValidationError("Give at least one --exit FILE.npy.") }
  }

  func run() throws {
    let answers = try ImportedAnswers(
      labels: labels, exits: exits, holdLogits: logits, classes: classes)
    let trace = try answers.trace(
      modelName: name, precision: precision, dataset: dataset, split: split,
      createdBy: "hi trace import --name \(name) --data \(dataset) --split \(split)")
    try TraceFile.write(trace, to: URL(filePath: out))
    try TraceSummary(trace).show(asJSON: json)
  }
}
