import ArgumentParser
import Foundation
import HIPlanning
import HIReport
import HITrace

/// `hi plan`: which strategy to deploy on a device.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Puts every strategy to every QoS requirement: the paper's Table 5 for your models.",
    discussion: """
      Thresholds are chosen on the calibration traces and figures reported on the test traces. Several \
      local models are compared when --local, --test-local and --profile are given once each. Without a \
      requirement the paper's three are asked: accuracy 10 points under the state of the art, latency \
      and energy under half of an offload's.
      Example: hi plan --local c.hitrace --remote rc.hitrace --test-local t.hitrace \
      --test-remote rt.hitrace --profile raspberry-pi-4b/resnet-8
      """)

  @Option(
    parsing: .singleValue, help: "A local model's trace of the calibration split; once a model.",
    completion: .file())
  var local: [String]

  @Option(help: "The remote model's trace of the calibration split.", completion: .file())
  var remote: String

  @Option(
    parsing: .singleValue, help: "The local model's trace of the test split; once a model.",
    completion: .file())
  var testLocal: [String]

  @Option(help: "The remote model's trace of the test split.", completion: .file())
  var testRemote: String

  @Option(parsing: .singleValue, help: ArgumentHelp(ProfileSource.help + " Once a model."))
  var profile: [String]

  @OptionGroup var requirement: RequirementOptions

  @Option(
    help: "What decides among strategies that meet the requirement; latency unless given.",
    completion: Objective.completion, transform: Objective.named)
  var objective: Objective?

  @Option(
    help: ArgumentHelp(
      "With which probability an accuracy requirement holds on unseen data; 0.95 unless given.",
      discussion: "0 certifies nothing and takes the best on the calibration data."))
  var confidence = 0.95

  @OptionGroup var report: ReportOption

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    guard confidence >= 0, confidence < 1 else {
      throw ValidationError("--confidence is from 0 to below 1, not \(confidence).")
    }
    guard !local.isEmpty, local.count == testLocal.count, local.count == profile.count else {
      throw ValidationError(
        "Give --local, --test-local and --profile once a model; there are \(local.count), "
          + "\(testLocal.count) and \(profile.count).")
    }
    if objective != nil, requirement.isEmpty {
      throw ValidationError("--objective belongs to a requirement: give --min-accuracy or another.")
    }
  }

  func run() throws {
    let remoteCalibration = try TraceFile.read(URL(filePath: remote))
    let remoteTest = try TraceFile.read(URL(filePath: testRemote))
    let models = try local.indices.map { index in
      let calibration = try TraceFile.read(URL(filePath: local[index]))
      let test = try TraceFile.read(URL(filePath: testLocal[index]))
      try refuseSharedSamples(calibration, test)
      return PlannedModel(
        name: calibration.metadata.modelName,
        calibration: try JoinedTrace(local: calibration, remote: remoteCalibration),
        test: try JoinedTrace(local: test, remote: remoteTest),
        profile: try ProfileSource.profile(profile[index], for: calibration))
    }
    let plan = try QoSPlanner(confidence: confidence == 0 ? nil : confidence).plan(
      models, questions: questions(models[0]))
    try report.write(material(plan, models))
    guard !json else { return try printJSON(plan) }
    print(plan.text)
    if confidence > 0, plan.answers.contains(where: { $0.question.asksForAccuracy }) {
      print(
        "\nPolicies for an accuracy requirement are certified to meet it with probability "
          + "\(confidence) on unseen samples, provided that these are drawn from the same distribution "
          + "as the calibration samples.")
    }
  }

  private func material(_ plan: QoSPlan, _ models: [PlannedModel]) throws -> ReportMaterial {
    var material = ReportMaterial(
      title: "Which strategy on \(plan.device), \(plan.dataset)", provenance: .ofThisCommand)
    for model in models {
      material.provenance.add(model.test)
      material.provenance.add(model.profile)
    }
    material.plan = plan
    return material
  }

  /// A figure from samples that chose the thresholds would be too good.
  private func refuseSharedSamples(_ calibration: Trace, _ test: Trace) throws {
    guard calibration.metadata.dataset == test.metadata.dataset,
      calibration.metadata.split == test.metadata.split
    else { return }
    let shared = Set(calibration.sampleIndices).intersection(test.sampleIndices).count
    guard shared == 0 else {
      throw CommandFailure(
        "The calibration and the test trace of '\(test.metadata.modelName)' share \(shared) samples "
          + "of the \(test.metadata.split) split, and figures must come from samples that chose "
          + "nothing; give traces of different splits.")
    }
  }

  private func questions(_ model: PlannedModel) throws -> [QoSQuestion] {
    guard requirement.isEmpty else {
      return [
        QoSQuestion(
          name: "given", requirement: requirement.requirement, objective: objective ?? .latency)
      ]
    }
    let dataset = model.test.local.metadata.dataset
    guard let best = try DeviceCatalogue.paper().stateOfTheArt(dataset: dataset) else {
      throw CommandFailure(
        "The paper names no best accuracy for '\(dataset)', so its requirements cannot be asked; give "
          + "--min-accuracy, --max-latency or --max-energy.")
    }
    return QoSQuestion.paper(
      stateOfTheArt: best, offload: model.profile.offload,
      hasEnergies: model.profile.energySource != nil)
  }
}

extension QoSQuestion {
  fileprivate var asksForAccuracy: Bool { requirement.minimumAccuracy != nil }
}

extension QoSPlan {
  /// The plan as a person reads it.
  var text: String {
    answers.map { answer in
      var table = TextTable(header: [
        "strategy", "model", "accuracy", "95% interval", "LPI ms", "EPI mJ", "offloaded", "meets",
      ])
      for option in answer.options {
        table.rows.append([
          option.strategy.rawValue, option.model, option.accuracy.percent(),
          option.accuracyInterval95.map {
            "\(($0.lower * 100).fixed(2))–\(($0.upper * 100).fixed(2))"
          } ?? "-",
          option.lpiMs.fixed(3), option.epiMj.map { $0.fixed(3) } ?? "-",
          option.offloadFraction.percent(1),
          option.meets(answer.question.requirement) ? "yes" : "no",
        ])
      }
      return "\(device), \(dataset), requirement on \(answer.question.name)\n\(table.text)\n"
        + answer.statement
    }.joined(separator: "\n\n")
  }
}
