import ArgumentParser
import Foundation
import HIData
import HIPlanning
import HIReport
import HITrace
import HierarchicalInference

/// `hi report`: figures and tables of recorded answers.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Draws what policies do on recorded answers: one page, or its pieces.",
    discussion: """
      The traces are of data that chose nothing: the test split. On-device and remote inference are \
      always shown; each --policy adds its strategy. --profile adds latency and energy, --data pictures \
      of samples. `--format svg` and `--format csv` write a file a figure into the folder --out.
      Example: hi report --local test-local.hitrace --remote test-remote.hitrace \
      --policy policy.json --profile raspberry-pi-4b/resnet-8 --out report.html
      """)

  @Option(help: "The local model's trace.", completion: .file())
  var local: String

  @Option(help: "The remote model's trace of the same samples.", completion: .file())
  var remote: String

  @Option(
    parsing: .singleValue, help: "A policy of these models; once a policy.", completion: .file())
  var policy: [String] = []

  @Option(help: ArgumentHelp(ProfileSource.help))
  var profile: String?

  @Option(
    help: "The traces' data set, for pictures of samples: its name (see `hi datasets`) or folder.",
    completion: .directory)
  var data: String?

  @OptionGroup var requirement: RequirementOptions

  @Option(help: "The page's title.")
  var title: String?

  @Option(help: "The page's file, or the folder of the pieces.", completion: .file())
  var out: String

  @Option(
    help: "html, svg or csv.", completion: ReportFormat.completion,
    transform: ReportFormat.named)
  var format: ReportFormat = .html

  @Flag(help: "Print what was written as one JSON document.")
  var json = false

  /// What `--json` prints.
  private struct Written: Encodable {
    let schema = "hi/1"
    let written: [String]
  }

  func validate() throws { try ReportOption.checkFolder(of: out) }

  func run() throws {
    let trace = try JoinedTrace(
      local: TraceFile.read(URL(filePath: local)), remote: TraceFile.read(URL(filePath: remote)))
    let costs = try profile.map { try ProfileSource.profile($0, for: trace.local) }
    let metadata = trace.local.metadata
    var material = ReportMaterial(
      title: title ?? "\(metadata.modelName) and \(trace.remote.metadata.modelName) on "
        + metadata.dataset,
      provenance: .ofThisCommand)
    material.provenance.add(trace)
    if let costs { material.provenance.add(costs) }
    material.candidates = [
      try Candidate(
        .onDevice, .onDevice(exitCount: trace.exitCount), on: trace, profile: costs),
      try Candidate(.remote, .remoteOnly, on: trace, profile: costs),
    ]
    for path in policy {
      let document = try PolicyDocument(path: path)
      try document.check(trace)
      if let warning = document.warning(judgedOn: trace) {
        Terminal.note("\(path): \(warning)")
        material.provenance.add("warning", "\(path): \(warning)")
      }
      let seen =
        document.temperatures.contains { $0 != 1 }
        ? try trace.observed(temperatures: document.temperatures) : trace
      material.candidates.append(
        try Candidate(document.strategy, document.policy, on: seen, profile: costs))
      material.provenance.add("policy", "\(path), \(document.strategy.rawValue)")
    }
    if costs != nil { material.catalogue = try DeviceCatalogue.paper() }
    if !requirement.isEmpty { material.requirement = requirement.requirement }
    if let data {
      guard let split = DatasetSplit(rawValue: metadata.split) else {
        throw CommandFailure(
          "The traces are of the split '\(metadata.split)', which data sets do not have; leave "
            + "--data out.")
      }
      material.dataset = try DatasetCatalogue().load(data, split: split)
    }
    let written = try Report(material).write(format, to: out)
    guard !json else { return try printJSON(Written(written: written)) }
    for path in written { Terminal.note("wrote \(path)") }
  }
}
