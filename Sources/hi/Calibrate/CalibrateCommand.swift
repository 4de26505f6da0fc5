import ArgumentParser
import Foundation
import HIPlanning
import HITrace
import HierarchicalInference

/// `hi calibrate`: choose the policy.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Chooses when to exit and when to offload, from what both models answered.",
    discussion: """
      Without a requirement and an objective the policy is the paper's HI: a binary logistic \
      regression on the two highest softmax values that accepts from 0.5 upwards. With them the \
      thresholds of a strategy are searched, exactly over the decision's: the least latency, energy or \
      offload fraction, or the most accuracy, that the requirement allows. With --confidence the \
      accuracy requirement holds on unseen data with that probability, or the answer says why it cannot.
      Example: hi calibrate --local local.hitrace --remote remote.hitrace --min-accuracy 0.93 \
      --objective offload-fraction --out policy.json
      """)

  @Option(help: "The local model's trace of the calibration split.", completion: .file())
  var local: String?

  @Option(help: "The remote model's trace of the same samples.", completion: .file())
  var remote: String?

  @Option(
    help: ArgumentHelp(
      "In place of both: a recording that `hi run --record --shadow` has written.",
      discussion: "Of it the samples that both models were asked about are used."),
    completion: .file())
  var recording: String?

  @OptionGroup var requirement: RequirementOptions

  @Option(
    help: "What is made least, or most: latency, energy, offload-fraction or accuracy.",
    completion: Objective.completion, transform: Objective.named)
  var objective: Objective?

  @Option(
    help: "hi, ee, ee-hi or joint; joint for a model with early exits unless given, else hi.",
    completion: Strategy.completion, transform: Strategy.named)
  var strategy: Strategy?

  @Option(help: ArgumentHelp(ProfileSource.help))
  var profile: String?

  @Option(help: "With which probability the accuracy requirement holds on unseen data, 0 to 1.")
  var confidence: Double?

  @Option(
    help:
      "What decides at the last exit: regression, or a threshold on confidence, margin, entropy or energy.",
    completion: DecisionKind.completion, transform: DecisionKind.named)
  var decision: DecisionKind = .regression

  @Option(
    help: "What the regression weighs: two-highest, all-exits, all-exits-and-class.",
    completion: DecisionFeatureSet.completion, transform: DecisionFeatureSet.named)
  var features: DecisionFeatureSet = .twoHighest

  @Option(
    help: "What it learns to tell apart: local-right, the paper's, or remote-gains.",
    completion: DecisionTarget.completion, transform: DecisionTarget.named)
  var target: DecisionTarget = .localRight

  @Flag(help: "Fit a temperature for every exit first; the local trace must keep its logits.")
  var temperatures = false

  @Option(help: "The policy file to write.", completion: .file())
  var out: String?

  @Flag(
    help: ArgumentHelp(
      "Print the Pareto front of accuracy against the objective, and write no policy.",
      discussion: "Ask for one of its accuracies with --min-accuracy to get that policy."))
  var pareto = false

  @Flag(help: "Print the policy as JSON.")
  var json = false

  func validate() throws {
    guard (local != nil) == (remote != nil), (local == nil) != (recording == nil) else {
      throw ValidationError(
        "Give the traces of both models with --local and --remote, or a --recording of both.")
    }
    if temperatures, recording != nil {
      throw ValidationError(
        "--temperatures needs logits, which a recording does not keep: use traces.")
    }
    if let strategy, [.onDevice, .remote].contains(strategy) {
      throw ValidationError(
        "\(strategy.rawValue) has nothing to calibrate; choose hi, ee, ee-hi or joint.")
    }
    if decision != .regression, features != .twoHighest || target != .localRight {
      throw ValidationError(
        "--features and --target are about --decision regression, and \(decision.rawValue) learns nothing."
      )
    }
    if pareto, out != nil || confidence != nil || temperatures || requirement.minAccuracy != nil {
      throw ValidationError(
        "--pareto tries every accuracy and writes nothing: leave out --out, --min-accuracy, "
          + "--confidence and --temperatures.")
    }
    if !pareto, out == nil { throw ValidationError("Give the policy file to write with --out.") }
    if confidence != nil, requirement.minAccuracy == nil {
      throw ValidationError("--confidence is about the accuracy requirement: give --min-accuracy.")
    }
  }

  func run() throws {
    let trace = try answers()
    let costs = try profile.map { try ProfileSource.profile($0, for: trace.local) }
    let isAsked = !requirement.isEmpty || objective != nil
    var calibration = Calibration(strategy ?? (trace.exitCount > 1 && isAsked ? .joint : .hi))
    calibration.requirement = requirement.requirement
    calibration.objective = objective
    calibration.confidence = confidence
    calibration.decision = decision
    calibration.features = features
    calibration.target = target
    calibration.fitsTemperatures = temperatures
    guard let out else {
      if strategy == nil, trace.exitCount > 1 { calibration.strategy = .joint }
      return try printFront(calibration.paretoFront(on: trace, profile: costs), of: trace)
    }
    let document = try calibration.policy(on: trace, profile: costs)
    try document.write(path: out)
    guard !json else { return try printJSON(document) }
    let observed = temperatures ? try trace.observed(temperatures: document.temperatures) : trace
    let evaluation = try PolicyEvaluation(document.policy, on: observed, profile: costs)
    let metadata = trace.local.metadata
    print(
      StrategyReport(
        dataset: metadata.dataset, split: metadata.split,
        strategies: [evaluation.row(strategy: document.strategy.rawValue)]
      ).table)
    if let note = document.guaranteeNote { print(note) }
    print("wrote \(out); report figures on the test split with `hi evaluate`")
  }

  private func answers() throws -> JoinedTrace {
    if let recording { return try RecordingFile.joinedTrace(URL(filePath: recording)) }
    guard let local, let remote else { throw CleanExit.helpRequest(self) }
    return try JoinedTrace(
      local: TraceFile.read(URL(filePath: local)), remote: TraceFile.read(URL(filePath: remote)))
  }

  private func printFront(_ front: [PolicyCandidate], of trace: JoinedTrace) throws {
    let metadata = trace.local.metadata
    let report = StrategyReport(
      dataset: metadata.dataset, split: metadata.split,
      strategies: front.map { $0.evaluation.row(strategy: $0.strategy.rawValue) })
    guard !json else { return try printJSON(report) }
    var table = TextTable(header: ["strategy", "accuracy", "offloaded", "LPI ms", "EPI mJ"])
    for candidate in front {
      let evaluation = candidate.evaluation
      table.rows.append([
        candidate.strategy.rawValue, evaluation.accuracy.percent(),
        evaluation.offloadFraction.percent(), evaluation.lpiMs.map { $0.fixed(3) } ?? "-",
        evaluation.epiMj.map { $0.fixed(3) } ?? "-",
      ])
    }
    print(table.text)
  }
}
