import HIPlanning
import HITrace
import HierarchicalInference

/// A trace in a few figures.
struct TraceSummary: Codable {
  struct Exit: Codable {
    let exit: Int
    let accuracy: Double
    let accuracyInterval95: Interval
    let meanConfidence: Double
    let invalid: Int
  }

  var schema = "hi/1"
  let trace: TraceMetadata
  let samples: Int
  let keepsLogits: Bool
  let exits: [Exit]

  init(_ trace: Trace) {
    self.trace = trace.metadata
    samples = trace.count
    keepsLogits = trace.hasLogits
    exits = (0..<trace.exitCount).map { exit in
      let observations = (0..<trace.count).map { trace.observations[$0 * trace.exitCount + exit] }
      let valid = observations.filter(\.isValid)
      let correct = (0..<trace.count).count { trace.isCorrect(sample: $0, exit: exit) }
      return Exit(
        exit: exit + 1, accuracy: Double(correct) / Double(max(trace.count, 1)),
        accuracyInterval95: .wilson(successes: correct, trials: trace.count),
        meanConfidence: valid.reduce(0) { $0 + Double($1.confidence) }
          / Double(max(valid.count, 1)),
        invalid: trace.count - valid.count)
    }
  }

  func show(asJSON json: Bool) throws {
    guard !json else { return try printJSON(self) }
    print(
      "\(trace.modelName) (\(trace.precision)) on \(trace.dataset), \(trace.split) split: "
        + "\(samples) samples, \(trace.classes.count) classes\(keepsLogits ? ", logits kept" : "")")
    var table = TextTable(header: ["exit", "accuracy", "95% interval", "mean confidence"])
    for exit in exits {
      let interval = exit.accuracyInterval95
      table.rows.append([
        "\(exit.exit)", exit.accuracy.percent(),
        "\((interval.lower * 100).fixed(2))–\((interval.upper * 100).fixed(2))",
        exit.meanConfidence.fixed(3),
      ])
    }
    print(table.text)
  }
}
