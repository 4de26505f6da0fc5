/// Candidate thresholds of one early exit, and between which of them each sample's score lies.
///
/// With candidates `t_0 < t_1 < …`, a score's bin is the number of candidates that it reaches. A sample
/// is then accepted from a bin upwards and offloaded below a bin, in integers. A NaN score, which is
/// never accepted and never below a threshold, has a bin of its own after all others.
struct ThresholdGrid {
  let candidates: [Float]
  let bins: [UInt16]

  /// The bin of NaN scores, which is always inside the region that continues.
  var nanBin: Int { candidates.count + 1 }

  /// - Parameters:
  ///   - scores: of the samples, in the table's order.
  ///   - quantiles: how many evenly filled steps to take.
  ///   - extra: further candidates: the paper's grid, or thresholds that an earlier search found.
  init(scores: [Float], quantiles: Int, extra: [Float] = []) {
    let sorted = ascendingOrder(of: scores).map { scores[Int($0)] }.drop { $0.isNaN }
    var chosen = extra.filter { $0.isFinite }
    if let lowest = sorted.first {
      chosen.append(lowest)
      for step in 1..<max(quantiles, 2) {
        let position = sorted.startIndex + step * sorted.count / max(quantiles, 2)
        chosen.append(
          between(sorted[max(position - 1, sorted.startIndex)], sorted[position]))
      }
    }
    chosen.sort()
    candidates = chosen.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    let thresholds = candidates
    bins = scores.map { score in
      if score.isNaN { return UInt16(thresholds.count + 1) }
      var low = 0
      var high = thresholds.count
      while low < high {
        let middle = (low + high) / 2
        if thresholds[middle] <= score { low = middle + 1 } else { high = middle }
      }
      return UInt16(low)
    }
  }

  /// The threshold that accepts from a bin upwards; one past the last bin accepts nothing.
  func accept(from bin: Int) -> Float { bin > candidates.count ? .infinity : candidates[bin - 1] }

  /// The threshold that offloads below a bin; 0 offloads nothing, one past the last bin everything.
  func offload(below bin: Int) -> Float {
    if bin == 0 { return -.infinity }
    return bin > candidates.count ? .infinity : candidates[bin - 1]
  }
}

/// A threshold above `low` and not above `high`: half way, where a number lies there.
func between(_ low: Float, _ high: Float) -> Float {
  let middle = low + (high - low) / 2
  return middle > low && middle <= high ? middle : high
}
