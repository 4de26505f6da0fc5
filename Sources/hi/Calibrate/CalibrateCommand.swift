import ArgumentParser
import Foundation
import HIPlanning
import HITrace
import HierarchicalInference

/// `hi calibrate`: choose the policy.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Chooses when to offload, from what both models answered on the calibration split.",
    discussion: """
      The paper's decision module, a binary logistic regression on the two highest softmax values, is \
      trained to tell right local answers from wrong ones; it accepts from 0.5 upwards.
      Example: hi calibrate --local local.hitrace --remote remote.hitrace --out policy.json
      """)

  @Option(help: "The local model's trace of the calibration split.", completion: .file())
  var local: String

  @Option(help: "The remote model's trace of the same samples.", completion: .file())
  var remote: String

  @Option(help: "The policy file to write.", completion: .file())
  var out: String

  @Flag(help: "Print the policy as JSON.")
  var json = false

  func run() throws {
    let trace = try JoinedTrace(
      local: TraceFile.read(URL(filePath: local)), remote: TraceFile.read(URL(filePath: remote)))
    let regression = try LogisticRegressionTraining().binaryLogistic(trace.local)
    var exits = [ExitRule](
      repeating: ExitRule(module: .acceptNone), count: trace.exitCount - 1)
    exits.append(ExitRule(module: .binaryLogistic(regression)))
    let policy = Policy(exits: exits)
    let evaluation = try PolicyEvaluation(policy, on: trace)
    let document = PolicyDocument(
      policy, strategy: .hi, calibratedOn: trace, evaluation: evaluation)
    try document.write(path: out)
    if json {
      try printJSON(document)
    } else {
      let report = StrategyReport(
        dataset: trace.local.metadata.dataset, split: trace.local.metadata.split,
        strategies: [evaluation.row(strategy: Strategy.hi.rawValue)])
      print(report.table)
      print("wrote \(out); report figures on the test split with `hi evaluate`")
    }
  }
}
