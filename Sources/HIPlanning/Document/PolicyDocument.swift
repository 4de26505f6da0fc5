public import HITrace
public import HierarchicalInference

/// A policy with its provenance: the file `policy.json`.
///
///     let document = try PolicyDocument(path: "policy.json")
///     try document.check(local: ModelIdentity(localMetadata), remote: ModelIdentity(remoteMetadata))
///     let policy = document.policy
///
/// The file carries the rules and what they were made for. Numbers survive it to the bit, so that the
/// policy decides after loading as it did before saving.
public struct PolicyDocument: Codable, Sendable, Equatable {
  /// The schema's name and version.
  public static let currentSchema = "hi.policy/1"

  /// `hi.policy/1`.
  public let schema: String
  /// Which strategy the policy belongs to.
  public var strategy: Strategy
  /// The rules, one an exit.
  public var exits: [ExitRuleDocument]
  /// What each exit's logits are divided by before the softmax; 1 leaves them as they are.
  public var temperatures: [Float]
  /// The local model that the policy was made for.
  public var local: ModelIdentity
  /// The remote model that the policy was made for; nil where nothing is offloaded.
  public var remote: ModelIdentity?
  /// On which data the rules were chosen.
  public var calibration: Calibration
  /// What to expect of the policy on data like the calibration data.
  public var expected: Expectation?
  /// The QoS requirement asked for.
  public var requirement: Requirement?
  /// What was optimised under the requirement.
  public var objective: Objective?
  /// With which confidence the accuracy requirement holds on unseen data, 0 to 1; nil for no guarantee.
  public var confidence: Double?

  /// The data on which the rules were chosen.
  public struct Calibration: Codable, Sendable, Equatable {
    /// The data set's name.
    public var dataset: String
    /// The split.
    public var split: String
    /// How many samples.
    public var samples: Int
    /// The class names.
    public var classes: [String]

    /// Makes a description.
    public init(dataset: String, split: String, samples: Int, classes: [String]) {
      self.dataset = dataset
      self.split = split
      self.samples = samples
      self.classes = classes
    }
  }

  /// What an evaluation promises.
  public struct Expectation: Codable, Sendable, Equatable {
    /// On which samples: `calibration`, or the name of another split.
    public var split: String
    /// Accuracy by equation (1).
    public var accuracy: Double
    /// Its 95% interval.
    public var accuracyInterval95: Interval
    /// Share of samples that are offloaded.
    public var offloadFraction: Double
    /// Its 95% interval.
    public var offloadInterval95: Interval
    /// Latency per inference by equation (3).
    public var lpiMs: Double?
    /// Its 95% interval.
    public var lpiInterval95: Interval?
    /// Energy per inference by equation (4).
    public var epiMj: Double?
    /// Its 95% interval.
    public var epiInterval95: Interval?

    /// The figures of an evaluation.
    public init(_ evaluation: PolicyEvaluation, split: String) {
      self.split = split
      accuracy = evaluation.accuracy
      accuracyInterval95 = evaluation.accuracyInterval
      offloadFraction = evaluation.offloadFraction
      offloadInterval95 = evaluation.offloadInterval
      lpiMs = evaluation.lpiMs
      lpiInterval95 = evaluation.costs?.lpiInterval
      epiMj = evaluation.epiMj
      epiInterval95 = epiMj == nil ? nil : evaluation.costs?.epiInterval
    }
  }

  /// Makes a document.
  ///
  /// - Parameters:
  ///   - policy: the rules.
  ///   - strategy: which strategy they belong to.
  ///   - trace: the calibration data; the models' identities are taken from its metadata.
  ///   - temperatures: one an exit; nil for 1 everywhere.
  ///   - evaluation: what the policy does on that data.
  ///   - requirement: what the policy was searched for; nil where it was not searched.
  ///   - objective: what the search made least or most.
  ///   - confidence: with what probability the accuracy requirement holds; nil for no guarantee.
  public init(
    _ policy: Policy, strategy: Strategy, calibratedOn trace: JoinedTrace,
    temperatures: [Float]? = nil, evaluation: PolicyEvaluation? = nil,
    requirement: Requirement? = nil, objective: Objective? = nil, confidence: Double? = nil
  ) {
    schema = Self.currentSchema
    self.strategy = strategy
    exits = policy.exits.map(ExitRuleDocument.init)
    self.temperatures = temperatures ?? policy.exits.map(\.temperature)
    local = ModelIdentity(trace.local.metadata)
    remote = policy.canOffload ? ModelIdentity(trace.remote.metadata) : nil
    let metadata = trace.local.metadata
    calibration = Calibration(
      dataset: metadata.dataset, split: metadata.split, samples: trace.count,
      classes: metadata.classes)
    expected = evaluation.map { Expectation($0, split: metadata.split) }
    self.requirement = requirement
    self.objective = objective
    self.confidence = confidence
  }

  /// The rules as the decision core runs them, each with its exit's temperature.
  public var policy: Policy {
    Policy(
      exits: zip(exits, temperatures).map { exit, temperature in
        var rule = exit.rule
        rule.temperature = temperature
        return rule
      })
  }

  /// What the guarantee holds for, in a sentence; nil where none was asked for.
  public var guaranteeNote: String? {
    confidence.map { confidence in
      let required = requirement?.minimumAccuracy ?? 0
      return
        "With probability \(confidence) the accuracy is at least \(required) on unseen samples, "
        + "provided that they are drawn from the same distribution as the calibration samples."
    }
  }

  /// Refuses models that the policy was not made for.
  ///
  /// - Parameters:
  ///   - local: the local model at hand.
  ///   - remote: the remote model at hand; nil where it is not known, and then it is not checked.
  /// - Throws: ``PolicyDocumentError/madeForAnother(role:policy:found:)``, which names both.
  public func check(
    local: ModelIdentity, remote: ModelIdentity? = nil
  ) throws(PolicyDocumentError) {
    guard self.local.matches(local) else {
      throw .madeForAnother(
        role: "local", policy: self.local.description, found: local.description)
    }
    if let expected = self.remote, let remote, !expected.matches(remote) {
      throw .madeForAnother(
        role: "remote", policy: expected.description, found: remote.description)
    }
  }

  /// Refuses traces of other models or label sets than the policy's.
  public func check(_ trace: JoinedTrace) throws(PolicyDocumentError) {
    try check(
      local: ModelIdentity(trace.local.metadata), remote: ModelIdentity(trace.remote.metadata))
    guard calibration.classes == trace.local.metadata.classes else {
      throw .otherClasses(
        policy: calibration.classes.count, found: trace.local.metadata.classes.count)
    }
    guard calibration.dataset == trace.local.metadata.dataset else {
      throw .otherDataset(policy: calibration.dataset, found: trace.local.metadata.dataset)
    }
  }
}
