internal import HITrace
internal import HierarchicalInference

/// Counts of what became of samples.
struct OutcomeTally {
  var correct = 0
  /// Samples whose local answer was right at the exit where they stopped.
  var localRight = 0
  var rightAccepted = 0
  var wrongAccepted = 0
  var rightOffloaded = 0
  var acceptedAt: [Int]
  var offloadedAt: [Int]
  /// Samples that were offloaded without a local inference.
  var straightToRemote = 0

  init(exits: Int) {
    acceptedAt = Array(repeating: 0, count: exits)
    offloadedAt = acceptedAt
  }

  mutating func add(_ settlement: Settlement, localRight: Bool, remoteRight: Bool) {
    let right = settlement.isOffloaded ? remoteRight : localRight
    if right { correct += 1 }
    guard let exit = settlement.exit else {
      straightToRemote += 1
      return
    }
    if localRight { self.localRight += 1 }
    if settlement.isOffloaded {
      offloadedAt[exit] += 1
      if localRight { rightOffloaded += 1 }
    } else {
      acceptedAt[exit] += 1
      if localRight { rightAccepted += 1 } else { wrongAccepted += 1 }
    }
  }
}

extension Policy {
  /// Whether any sample could ever be offloaded.
  var canOffload: Bool {
    guard let last = exits.last else { return true }
    if case .acceptAll = last.module {
      return exits.dropLast().contains { $0.offloadBelow > -.infinity }
    }
    return true
  }

  /// The last exit's scores of the samples that reach it, and whether its answers are right; nil where
  /// it scores nothing.
  func scoresAtLastExit(_ trace: Trace) -> (scores: [Float], isRight: [Bool])? {
    guard let last = exits.last else { return nil }
    switch last.module {
    case .acceptAll, .acceptNone: return nil
    default: break
    }
    var scores: [Float] = []
    var isRight: [Bool] = []
    let observations = trace.observations.span
    for sample in 0..<trace.count {
      let answers = observations.extracting(
        sample * exits.count..<(sample + 1) * exits.count)
      guard settle(answers).exit == exits.count - 1 else { continue }
      scores.append(last.module.score(answers))
      isRight.append(trace.isCorrect(sample: sample, exit: exits.count - 1))
    }
    return (scores, isRight)
  }
}
