/// Samples in ascending order of the last exit's score, cut into blocks that are summed per bin.
struct SweepWalk {
  struct Entry {
    let position: Int32
    let bin: UInt16
    /// What an offload at the last exit changes: remote right minus local right.
    let gain: Int8
    let reaches: Bool
  }

  private let entries: [Entry]
  /// Whether the threshold can lie right after an entry: the next one has another score.
  private let isCut: [Bool]
  /// How many entries have a NaN score; they stand first.
  private let nanCount: Int
  private let blockSize: Int
  private let width: Int
  /// Per block, sums over the bins below an index: samples that reach the last exit, gains minus
  /// losses, gains.
  private let blocks: [SIMD4<Int32>]
  private let scores: [Float]

  init(_ entries: [Entry], table: ScoreTable, bins: Int) {
    self.entries = entries
    scores = table.decision
    let scores = scores
    nanCount = entries.prefix { scores[Int($0.position)].isNaN }.count
    var cuts = [Bool](repeating: true, count: entries.count)
    for index in entries.indices.dropLast() {
      let score = scores[Int(entries[index].position)]
      cuts[index] =
        score.isNaN
        ? index == nanCount - 1 : score != scores[Int(entries[index + 1].position)]
    }
    isCut = cuts
    blockSize = max(64, Int(Double(entries.count).squareRoot()))
    width = bins + 1
    let blockCount = (entries.count + blockSize - 1) / blockSize
    var sums = [SIMD4<Int32>](repeating: .zero, count: blockCount * width)
    for (index, entry) in entries.enumerated() {
      let slot = index / blockSize * width + Int(entry.bin) + 1
      sums[slot] &+= SIMD4(
        entry.reaches ? 1 : 0, Int32(entry.gain), entry.gain > 0 ? 1 : 0, 0)
    }
    for block in 0..<blockCount {
      for bin in 1..<width { sums[block * width + bin] &+= sums[block * width + bin - 1] }
    }
    blocks = sums
  }

  /// Walks up the thresholds of the last exit and calls `found` where enough is gained.
  ///
  /// - Parameters:
  ///   - low: bins below it do not arrive at the last exit.
  ///   - high: neither do bins from it on.
  ///   - nanBin: a bin that arrives whatever the thresholds; nil for none.
  ///   - needed: how many right answers offloading must add, net.
  ///   - most: how many offloads are allowed.
  ///   - keepsGoing: whether to look for ever larger gains instead of ending at the first.
  ///   - onlyFirst: whether only NaN scores are offloaded.
  ///   - found: gets the net gain, the offloads and the threshold.
  func visit(
    low: Int, high: Int, nanBin: Int?, needed: Int, most: Int, keepsGoing: Bool, onlyFirst: Bool,
    found: (_ net: Int, _ offloads: Int, _ threshold: Float) -> Void
  ) {
    var needed = needed
    var net = 0
    var offloads = 0
    if nanCount == 0 {
      if needed <= 0 {
        found(0, 0, -.infinity)
        if !keepsGoing { return }
        needed = 1
      }
      if onlyFirst { return }
    }
    var start = 0
    var row = 0
    while start < entries.count {
      var sum = blocks[row + high] &- blocks[row + low]
      if let nanBin { sum &+= blocks[row + nanBin + 1] &- blocks[row + nanBin] }
      let end = min(start + blockSize, entries.count)
      if net + Int(sum[2]) < needed && !onlyFirst {
        net += Int(sum[1])
        offloads += Int(sum[0])
        if offloads > most { return }
      } else {
        for index in start..<end {
          let entry = entries[index]
          let bin = Int(entry.bin)
          if (bin >= low && bin < high) || bin == nanBin {
            net += Int(entry.gain)
            if entry.reaches { offloads += 1 }
          }
          guard isCut[index], index >= nanCount - 1 else { continue }
          if offloads > most { return }
          if net >= needed {
            found(net, offloads, threshold(after: index))
            if !keepsGoing { return }
            needed = net + 1
          }
          if onlyFirst { return }
        }
      }
      start = end
      row += width
    }
  }

  /// The threshold that offloads the entry and all before it and nothing of a higher score.
  private func threshold(after index: Int) -> Float {
    var next = Int(entries[index].position)
    let score = scores[next]
    if score.isNaN { return -.infinity }
    while next < scores.count, scores[next] == score { next += 1 }
    return next == scores.count ? .infinity : between(score, scores[next])
  }
}
