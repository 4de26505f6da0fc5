internal import HITrace
internal import HierarchicalInference

/// All that a search needs of a trace, column by column, with the samples in ascending order of the
/// last exit's score (NaN first), so that a sweep over its threshold is one walk.
struct ScoreTable {
  let samples: Int
  /// The last exit's score of each sample, ascending.
  let decision: [Float]
  /// How many of them are NaN: they stand first and are always offloaded.
  let nanDecisions: Int
  /// One column an open early exit.
  let exits: [ExitColumn]
  /// 1 where the last exit is right.
  let lastRight: [Int8]
  /// 1 where the remote model is right.
  let remoteRight: [Int8]
  /// What stopping at the last exit costs.
  let lastCost: Cost
  /// What an offload adds.
  let offload: Cost

  struct ExitColumn {
    let scores: [Float]
    /// 1 where this exit is right.
    let right: [Int8]
    /// What stopping here costs.
    let cost: Cost
  }

  init(_ template: SearchTemplate, _ trace: JoinedTrace, _ profile: CostProfile) {
    let width = trace.exitCount
    let count = trace.count
    let observations = trace.local.observations.span
    func scores(_ module: AnyDecisionModule, _ exit: Int) -> [Float] {
      (0..<count).map { sample in
        let answers = observations.extracting(sample * width..<sample * width + exit + 1)
        if case .acceptAll = module { return answers[exit].isValid ? 0 : .nan }
        return module.score(answers)
      }
    }
    let unordered = scores(template.decision, width - 1)
    let order = ascendingOrder(of: unordered)
    func right(_ exit: Int) -> [Int8] {
      order.map { trace.local.isCorrect(sample: Int($0), exit: exit) ? 1 : 0 }
    }
    samples = count
    decision = order.map { unordered[Int($0)] }
    nanDecisions = decision.prefix { $0.isNaN }.count
    var decisions = 0.0
    exits = template.openExits.map { exit in
      decisions += 1
      let column = scores(template.early[exit], exit)
      return ExitColumn(
        scores: order.map { column[Int($0)] }, right: right(exit),
        cost: profile.exits[exit] + decisions * profile.decision)
    }
    lastRight = right(width - 1)
    remoteRight = order.map { trace.isRemoteCorrect(Int($0)) ? 1 : 0 }
    lastCost =
      profile.exits[width - 1]
      + (decisions + (template.decision == .acceptAll ? 0 : 1)) * profile.decision
    offload = profile.offload
  }
}
