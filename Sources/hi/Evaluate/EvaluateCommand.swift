import ArgumentParser
import Foundation
import HIPlanning
import HIReport
import HITrace

/// `hi evaluate`: equations (1) to (4) for a policy.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Says what a policy does on recorded answers: accuracy, offloads, latency, energy.",
    discussion: """
      Accuracy is equation (1) of the paper, and beside it equation (2)'s approximation; latency and \
      energy are equations (3) and (4) with the costs of --profile, a JSON file.
      Example: hi evaluate --local test-local.hitrace --remote test-remote.hitrace \
      --policy policy.json
      """)

  @Option(help: "The local model's trace.", completion: .file())
  var local: String

  @Option(help: "The remote model's trace of the same samples.", completion: .file())
  var remote: String

  @Option(help: "The policy.", completion: .file())
  var policy: String

  @Option(help: ArgumentHelp(ProfileSource.help))
  var profile: String?

  @OptionGroup var page: ReportOption

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let document = try PolicyDocument(path: policy)
    var trace = try JoinedTrace(
      local: TraceFile.read(URL(filePath: local)), remote: TraceFile.read(URL(filePath: remote)))
    try document.check(trace)
    let warning = document.warning(judgedOn: trace)
    if let warning { Terminal.note(warning) }
    if document.temperatures.contains(where: { $0 != 1 }) {
      trace = try trace.observed(temperatures: document.temperatures)
    }
    let costs = try profile.map { try ProfileSource.profile($0, for: trace.local) }
    let candidate = try Candidate(document.strategy, document.policy, on: trace, profile: costs)
    let evaluation = candidate.evaluation
    let metadata = trace.local.metadata
    try page.write(material(candidate, warning))
    let report = StrategyReport(
      dataset: metadata.dataset, split: metadata.split,
      strategies: [evaluation.row(strategy: document.strategy.rawValue)])
    guard !json else { return try printJSON(report) }
    print(report.table)
    if let approximation = evaluation.approximation {
      print("accuracy by equation (1): \(evaluation.accuracy.percent())")
      print(
        "accuracy by equation (2): \(approximation.accuracy.percent()) = "
          + "(\(approximation.localAccuracy.percent()) local - "
          + "\(approximation.correctOffloaded.percent()) correct-offloaded) + "
          + "\(approximation.remoteAccuracy.percent()) remote x "
          + "\(approximation.offloadFraction.percent()) offloaded")
    }
    if let decision = evaluation.decision {
      print(
        "decision: F1 \(decision.f1.map { $0.fixed(3) } ?? "-"), "
          + "AUROC \(decision.auroc.map { $0.fixed(3) } ?? "-"), "
          + "correct-offloaded \(decision.correctOffloaded.percent()), "
          + "incorrect-accepted \(decision.incorrectAccepted.percent())")
    }
    if let lpi = evaluation.lpiMs {
      let epi = evaluation.epiMj.map { ", EPI by equation (4): \($0.fixed(3)) mJ" } ?? ""
      print("LPI by equation (3): \(lpi.fixed(3)) ms\(epi)")
    }
  }

  private func material(_ candidate: Candidate, _ warning: String?) -> ReportMaterial {
    var material = ReportMaterial(
      title: "\(candidate.strategy.rawValue) on recorded answers", provenance: .ofThisCommand)
    material.provenance.add(candidate.trace)
    if let profile = candidate.profile { material.provenance.add(profile) }
    if let warning { material.provenance.add("warning", warning) }
    material.candidates = [candidate]
    return material
  }
}
