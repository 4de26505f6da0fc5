import ArgumentParser
import Foundation
import HIPlanning
import HITrace

/// Traces of several trainings of one network.
struct SeedOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "With --decisions: a trace of one training of a network; once a training.",
      discussion:
        "They differ in their seeds, and intervals are over them. Record them on the test split."),
    completion: .file(extensions: ["hitrace"]))
  var local: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "The trace of such a model after tuning, NAME=FILE; once each, in --local's order.",
      discussion: "It is judged beside the model it was tuned from, at the same accuracies.",
      valueName: "name=file"))
  var tuned: [String] = []

  var isEmpty: Bool { local.isEmpty && tuned.isEmpty }

  func validate() throws {
    if local.isEmpty, !tuned.isEmpty {
      throw ValidationError(
        "--tuned is judged beside the models it was tuned from: give --local too.")
    }
    for group in try groups() where group.files.count != local.count {
      throw ValidationError(
        "--tuned \(group.name) is given \(group.files.count) times and --local \(local.count) times; "
          + "give one each for every training.")
    }
  }

  /// One study a remote model.
  func studies(_ remotes: [Trace], halvings: Int) throws -> [SeedStudy] {
    let untuned = try local.map { try TraceFile.read(URL(filePath: $0)) }
    let tuned = try groups().map { group in
      (name: group.name, traces: try group.files.map { try TraceFile.read(URL(filePath: $0)) })
    }
    let trainings = untuned.count * (tuned.count + 1)
    let bar = ProgressBar("decision modules", total: remotes.count * trainings)
    defer { bar.finish() }
    return try remotes.map { remote in
      func joined(_ traces: [Trace]) throws -> [JoinedTrace] {
        try traces.map { try JoinedTrace(local: $0, remote: remote) }
      }
      return try SeedStudy(
        untuned: joined(untuned),
        tuned: tuned.map { SeedStudy.Training(name: $0.name, traces: try joined($0.traces)) },
        halvings: halvings, progress: { bar.advance() })
    }
  }

  /// The tuned traces by their names, in the order in which these are first given.
  private func groups() throws -> [(name: String, files: [String])] {
    var groups: [(name: String, files: [String])] = []
    for pair in tuned {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ValidationError("--tuned is NAME=FILE, as gatekeeper=seed1.hitrace, not '\(pair)'.")
      }
      let name = String(parts[0])
      if let known = groups.firstIndex(where: { $0.name == name }) {
        groups[known].files.append(String(parts[1]))
      } else {
        groups.append((name, [String(parts[1])]))
      }
    }
    return groups
  }
}
