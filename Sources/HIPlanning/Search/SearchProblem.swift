internal import HITrace
internal import HierarchicalInference

/// One search with its columns at hand.
struct SearchProblem {
  let template: SearchTemplate
  let table: ScoreTable
  let limits: Limits
  let resolution: ThresholdSearch.Resolution

  init(
    _ search: ThresholdSearch, _ template: SearchTemplate, _ trace: JoinedTrace,
    _ profile: CostProfile?
  ) throws(SearchError) {
    do { try search.requirement.check() } catch { throw .requirement(error) }
    guard trace.count > 0 else {
      throw .evaluation(.noSamples(model: trace.local.metadata.modelName))
    }
    guard template.early.count + 1 == trace.exitCount else {
      throw .evaluation(
        .exitCount(
          model: trace.local.metadata.modelName, exits: trace.exitCount,
          rules: template.early.count + 1))
    }
    if let what = search.asksForCosts {
      guard let profile else { throw .noProfile(what: what) }
      guard profile.energySource != nil || what == "bounds latency" else {
        throw .noProfile(what: what)
      }
    }
    if let profile {
      do { try profile.check(exitCount: trace.exitCount) } catch {
        throw .evaluation(.cost(error))
      }
    }
    self.template = template
    table = ScoreTable(
      template, trace,
      profile
        ?? CostProfile(
          device: "", link: "", model: "",
          exits: Array(repeating: .zero, count: trace.exitCount), offload: .zero))
    limits = Limits(search.requirement, search.objective, samples: trace.count)
    resolution = search.resolution
  }

  /// The best thresholds, or nil where none meets the limits.
  func solve() -> Thresholds? {
    if table.exits.isEmpty { return solveDecisionOnly() }
    var best = solveGrid(offloadsEarly: false, from: nil)
    best = polished(best, offloadsEarly: false)
    if template.offloadsEarly {
      best = solveGrid(offloadsEarly: true, from: best)
      best = polished(best, offloadsEarly: true)
    }
    return best?.thresholds
  }

  /// Thresholds and what they give.
  struct Solution {
    var thresholds: Thresholds
    var totals: Totals
  }

  private var everyone: [Int32] { (0..<Int32(table.samples)).map { $0 } }

  private func solveDecisionOnly() -> Thresholds? {
    let sweep = ExitSweep(
      table, exit: nil, grid: nil, arriving: everyone, settled: Totals(), onward: { _ in .last })
    var best: SweepResult?
    _ = sweep.improve(
      &best, low: 0, high: 1, limits: limits, offloadsAtEnd: template.offloadsAtEnd)
    return best.map { Thresholds(exits: [], decision: $0.decision) }
  }

  /// The grid over one or two open exits; with more, exits after the second never stop a sample here.
  private func solveGrid(offloadsEarly: Bool, from start: Solution?) -> Solution? {
    var best = start
    let open = table.exits.count
    if open == 1 {
      let grid = self.grid(0, resolution.fine, start, paper: !offloadsEarly)
      try1(0, grid, offloadsEarly, held: [neverStops], &best)
      return best
    }
    let outer = grid(0, resolution.outer, start, paper: !offloadsEarly)
    let inner = grid(1, resolution.inner, start, paper: !offloadsEarly)
    var held = Array(repeating: neverStops, count: open)
    for high in 1...outer.nanBin {
      for low in 0...(offloadsEarly ? high : 0) {
        held[0] = Thresholds.Pair(
          accept: outer.accept(from: high), offloadBelow: outer.offload(below: low))
        try1(1, inner, offloadsEarly, held: held, &best)
      }
    }
    return best
  }

  /// Improves one exit after the other until nothing changes.
  private func polished(_ start: Solution?, offloadsEarly: Bool) -> Solution? {
    guard var best = start else { return nil }
    for round in 0..<8 {
      var changed = false
      for exit in table.exits.indices.reversed() {
        let before = best.totals
        var found: Solution? = best
        // A finer grid each time the exit is looked at, with the thresholds at hand kept in it.
        let grid = self.grid(exit, resolution.fine + 7 * round, best, paper: !offloadsEarly)
        try1(exit, grid, offloadsEarly, held: best.thresholds.exits, &found)
        if let found { best = found }
        if best.totals != before { changed = true }
      }
      if !changed { break }
    }
    return best
  }

  private var neverStops: Thresholds.Pair {
    Thresholds.Pair(accept: .infinity, offloadBelow: -.infinity)
  }

  private func grid(
    _ exit: Int, _ quantiles: Int, _ start: Solution?, paper: Bool
  ) -> ThresholdGrid {
    var extra: [Float] = []
    if let pair = start?.thresholds.exits[exit] { extra += [pair.accept, pair.offloadBelow] }
    if paper, case .confidence = template.early[template.openExits[exit]] {
      extra += (0...100).map { Float($0) / 100 }
    }
    return ThresholdGrid(scores: table.exits[exit].scores, quantiles: quantiles, extra: extra)
  }

  /// Tries all pairs of a grid at one exit, the other exits held.
  private func try1(
    _ exit: Int, _ grid: ThresholdGrid, _ offloadsEarly: Bool, held: [Thresholds.Pair],
    _ best: inout Solution?
  ) {
    let (arriving, settled) = arrivals(exit, held)
    let sweep = ExitSweep(
      table, exit: exit, grid: grid, arriving: arriving, settled: settled,
      onward: { onward($0, after: exit, held) })
    var result = best.map {
      SweepResult(totals: $0.totals, low: -1, high: -1, decision: $0.thresholds.decision)
    }
    var improved = false
    for high in 1...grid.nanBin {
      for low in 0...(offloadsEarly ? high : 0) {
        if sweep.improve(
          &result, low: low, high: high, limits: limits, offloadsAtEnd: template.offloadsAtEnd)
        {
          improved = true
        }
      }
    }
    guard improved, let result else { return }
    var pairs = held
    pairs[exit] = Thresholds.Pair(
      accept: grid.accept(from: result.high), offloadBelow: grid.offload(below: result.low))
    best = Solution(
      thresholds: Thresholds(exits: pairs, decision: result.decision), totals: result.totals)
  }

  /// Which samples arrive at an exit, and what the others sum up to.
  private func arrivals(_ exit: Int, _ held: [Thresholds.Pair]) -> ([Int32], Totals) {
    guard exit > 0 else { return (everyone, Totals()) }
    var arriving: [Int32] = []
    var settled = Totals()
    for position in 0..<table.samples {
      var ended = false
      for earlier in 0..<exit {
        if let totals = end(position, at: earlier, held[earlier]) {
          settled = settled + totals
          ended = true
          break
        }
      }
      if !ended { arriving.append(Int32(position)) }
    }
    return (arriving, settled)
  }

  private func onward(
    _ position: Int, after exit: Int, _ held: [Thresholds.Pair]
  ) -> ExitSweep.Onward {
    for later in table.exits.indices where later > exit {
      if let totals = end(position, at: later, held[later]) { return .ends(totals) }
    }
    return .last
  }

  /// What a sample adds where it ends at an exit; nil where it goes on.
  private func end(_ position: Int, at exit: Int, _ pair: Thresholds.Pair) -> Totals? {
    let column = table.exits[exit]
    let score = column.scores[position]
    if score >= pair.accept {
      return Totals(correct: Int(column.right[position]), offloaded: 0, cost: column.cost)
    }
    if score < pair.offloadBelow {
      return Totals(
        correct: Int(table.remoteRight[position]), offloaded: 1,
        cost: column.cost + table.offload)
    }
    return nil
  }
}
