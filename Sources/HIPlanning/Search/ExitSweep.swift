/// Tries pairs of thresholds at one open exit, all other exits held, with an exact sweep over the last
/// exit's threshold for each pair.
///
/// A pair costs far less than a walk over the samples: sums over bins are prefix sums, and the sweep
/// goes block by block, reading single samples only in blocks in which the requirement could be met.
struct ExitSweep {
  /// What happens with a sample that continues past the exit.
  enum Onward {
    /// It reaches the last exit.
    case last
    /// It ends at a later early exit.
    case ends(Totals)
  }

  private let offload: Cost
  private let nanBin: Int
  private let hasNaNBin: Bool
  /// Sums over all bins below an index, of the samples that arrive at the exit.
  private let prefix: [BinTotals]
  /// What the samples that end before the exit sum up to.
  private let settled: Totals
  private let walk: SweepWalk

  /// Sums over samples.
  struct BinTotals {
    var accepted = Totals()
    var offloaded = Totals()
    var onward = Totals()
    var gainable = 0
  }

  /// - Parameters:
  ///   - arriving: table positions of the samples that arrive at the exit, ascending.
  ///   - bins: the grid's bins at this exit, one a sample of the table.
  ///   - exit: which open exit; nil for a policy without open early exits, with one bin for all.
  ///   - onward: what becomes of a sample, by its table position, when it continues.
  init(
    _ table: ScoreTable, exit: Int?, grid: ThresholdGrid?, arriving: [Int32], settled: Totals,
    onward: (Int) -> Onward
  ) {
    offload = table.offload
    nanBin = grid?.nanBin ?? 1
    self.settled = settled
    var sums = [BinTotals](repeating: BinTotals(), count: nanBin + 2)
    var entries: [SweepWalk.Entry] = []
    entries.reserveCapacity(arriving.count)
    for position in arriving.lazy.map(Int.init) {
      let bin = grid.map { Int($0.bins[position]) } ?? 0
      let remote = Int(table.remoteRight[position])
      var gain = 0
      var reaches = false
      let next: Totals
      switch onward(position) {
      case .last:
        let right = Int(table.lastRight[position])
        next = Totals(correct: right, offloaded: 0, cost: table.lastCost)
        gain = remote - right
        reaches = true
      case .ends(let totals): next = totals
      }
      let slot = bin + 1
      sums[slot].onward = sums[slot].onward + next
      if gain > 0 { sums[slot].gainable += 1 }
      if let exit {
        let column = table.exits[exit]
        sums[slot].accepted =
          sums[slot].accepted
          + Totals(correct: Int(column.right[position]), offloaded: 0, cost: column.cost)
        sums[slot].offloaded =
          sums[slot].offloaded
          + Totals(correct: remote, offloaded: 1, cost: column.cost + table.offload)
      }
      entries.append(
        SweepWalk.Entry(
          position: Int32(position), bin: UInt16(bin), gain: Int8(gain), reaches: reaches))
    }
    for bin in 1..<sums.count {
      sums[bin].accepted = sums[bin].accepted + sums[bin - 1].accepted
      sums[bin].offloaded = sums[bin].offloaded + sums[bin - 1].offloaded
      sums[bin].onward = sums[bin].onward + sums[bin - 1].onward
      sums[bin].gainable += sums[bin - 1].gainable
    }
    prefix = sums
    hasNaNBin =
      grid.map { grid in arriving.contains { grid.bins[Int($0)] == grid.nanBin } } ?? false
    walk = SweepWalk(entries, table: table, bins: nanBin + 1)
  }

  /// Tries one pair: accept from bin `high` upwards, offload below bin `low`.
  ///
  /// - Parameter best: is replaced where the pair gives something better.
  /// - Returns: whether it was replaced.
  func improve(
    _ best: inout SweepResult?, low: Int, high: Int, limits: Limits, offloadsAtEnd: Bool
  ) -> Bool {
    let end = nanBin + 1
    var base =
      settled + prefix[low].offloaded
      + (prefix[nanBin].accepted - prefix[high].accepted)
      + (prefix[high].onward - prefix[low].onward)
    var gainable = prefix[high].gainable - prefix[low].gainable
    if hasNaNBin {
      base = base + (prefix[end].onward - prefix[nanBin].onward)
      gainable += prefix[end].gainable - prefix[nanBin].gainable
    }
    var most = limits.offloadsLeft(base, offload: offload)
    var needed = limits.correct - base.correct
    if let best {
      if limits.objective == .accuracy {
        needed = max(needed, best.totals.correct - base.correct)
      } else {
        let slack = limits.value(best.totals) - limits.value(base)
        let each = limits.offloadValue(offload)
        if slack < -1e-9 * max(1, abs(limits.value(base))) { return false }
        if each > 0 { most = min(most, Int(min(max(slack, 0) / each + 1e-6, 1e15))) }
      }
    }
    guard most >= 0, needed <= gainable, needed <= most else { return false }
    var improved = false
    walk.visit(
      low: low, high: high, nanBin: hasNaNBin ? nanBin : nil, needed: needed, most: most,
      keepsGoing: limits.objective == .accuracy, onlyFirst: !offloadsAtEnd
    ) { net, offloads, threshold in
      let totals =
        base
        + Totals(correct: net, offloaded: offloads, cost: Double(offloads) * offload)
      guard limits.allows(totals) else { return }
      if let best, !limits.prefers(totals, to: best.totals) { return }
      best = SweepResult(totals: totals, low: low, high: high, decision: threshold)
      improved = true
    }
    return improved
  }
}

/// The best that a sweep has found.
struct SweepResult {
  var totals: Totals
  var low: Int
  var high: Int
  var decision: Float
}
