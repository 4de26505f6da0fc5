internal import Foundation
public import HIData
public import HIPlanning
public import HITrace

/// What was run: by which command, on which machine, with which models and data.
public struct Provenance: Sendable, Equatable {
  /// A model that took part.
  public struct Model: Sendable, Equatable {
    /// What it was there for, for example `local`.
    public var role: String
    /// Its name.
    public var name: String
    /// What identifies its weights; empty where unknown.
    public var digest: String
    /// The precision that it ran at; empty where unknown.
    public var precision: String

    /// Makes a model's description.
    public init(role: String, name: String, digest: String, precision: String = "") {
      self.role = role
      self.name = name
      self.digest = digest
      self.precision = precision
    }
  }

  /// The command line.
  public var command: String
  /// The models.
  public var models: [Model]
  /// Other facts, each with its name, in the order of the page.
  public var facts: [(name: String, value: String)]

  /// Describes a run of a command on this machine, now.
  public init(command: [String]) {
    self.command = command.map(Self.shellWord).joined(separator: " ")
    models = []
    facts = [("made", Self.time(Date())), ("machine", Machine.summary)]
  }

  /// Adds the models and the data of traces.
  public mutating func add(_ trace: JoinedTrace) {
    add(role: "local", trace.local.metadata)
    add(role: "remote", trace.remote.metadata)
    let metadata = trace.local.metadata
    add(
      "data",
      "\(metadata.dataset), \(metadata.split) split, \(trace.count) samples, "
        + "\(metadata.classes.count) classes")
  }

  /// Adds a model once.
  private mutating func add(role: String, _ metadata: TraceMetadata) {
    let model = Model(
      role: role, name: metadata.modelName, digest: metadata.modelDigest,
      precision: metadata.precision)
    if !models.contains(model) { models.append(model) }
  }

  /// Adds a fact once.
  public mutating func add(_ name: String, _ value: String) {
    if !value.isEmpty, !facts.contains(where: { $0 == (name, value) }) {
      facts.append((name, value))
    }
  }

  /// Adds where costs come from.
  public mutating func add(_ profile: CostProfile) {
    let energy = profile.energySource.map { "energies \($0.rawValue)" } ?? "energies not known"
    add(
      "costs",
      "\(profile.device), \(profile.link), \(profile.model): latencies "
        + "\(profile.latencySource.rawValue), \(energy). " + profile.notes.joined(separator: " "))
  }

  /// The tables of the page.
  var tables: [ReportSection.NamedTable] {
    let run = DataTable(
      columns: ["what", "value"],
      rows: ([("command", command)] + facts).map { [.text($0.0), .text($0.1)] })
    let table = DataTable(
      columns: ["role", "model", "precision", "weights"],
      rows: models.map {
        [
          .text($0.role), .text($0.name), .text($0.precision),
          .text($0.digest.isEmpty ? "unknown" : $0.digest),
        ]
      })
    return [ReportSection.NamedTable(id: "run", title: "The run", table: run)]
      + (models.isEmpty ? [] : [.init(id: "models", title: "The models", table: table)])
  }

  /// Whether two describe the same.
  public static func == (left: Provenance, right: Provenance) -> Bool {
    left.command == right.command && left.models == right.models
      && left.facts.elementsEqual(right.facts) { $0 == $1 }
  }

  private static func time(_ date: Date) -> String {
    ISO8601DateFormatter().string(from: date)
  }

  /// A word as a shell takes it.
  private static func shellWord(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=,@%+".contains($0) }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension Provenance {
  /// Adds a policy's models and what it is for.
  public mutating func add(_ document: PolicyDocument) {
    add(role: "local", document.local)
    if let remote = document.remote { add(role: "remote", remote) }
    add("policy", document.strategy.rawValue)
  }

  /// Adds a data set of which so many samples were used.
  public mutating func add(_ dataset: Dataset, count: Int) {
    add(
      "data",
      "\(dataset.name), \(dataset.split) split, \(count) samples, \(dataset.classes.count) classes")
  }

  private mutating func add(role: String, _ identity: ModelIdentity) {
    let model = Model(
      role: role, name: identity.name, digest: identity.digest, precision: identity.precision)
    if !models.contains(model) { models.append(model) }
  }
}
