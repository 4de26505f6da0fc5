public import HierarchicalInference

/// Where a sample ended under a policy.
public struct Settlement: Sendable, Equatable {
  /// The exit, from 0, whose answer was accepted or seen last; nil where no local model is run.
  public let exit: Int?
  /// Whether the sample went to the remote model.
  public let isOffloaded: Bool
}

extension Policy {
  /// Follows a sample through the policy from recorded answers, with the very calls that the live
  /// device makes.
  ///
  /// - Parameter answers: what all exits said; at least `exits.count` of them.
  /// - Complexity: one verdict an exit that is reached; allocation-free.
  public func settle(_ answers: Span<Observation>) -> Settlement {
    guard runsLocalModel else { return Settlement(exit: nil, isOffloaded: true) }
    for exit in exits.indices {
      switch verdict(after: answers.extracting(first: exit + 1)) {
      case .accept: return Settlement(exit: exit, isOffloaded: false)
      case .offload: return Settlement(exit: exit, isOffloaded: true)
      case .continue: continue
      }
    }
    return Settlement(exit: exits.count - 1, isOffloaded: true)
  }

  /// How many decision rules are evaluated for a sample that ends at an exit: rules that accept all or
  /// accept none look at nothing and cost nothing.
  func decisions(upTo exit: Int) -> Int {
    exits[...exit].count { rule in
      switch rule.module {
      case .acceptAll: false
      case .acceptNone: rule.offloadBelow > -.infinity
      default: true
      }
    }
  }

  /// What a sample with this end costs on the device: equation (3)'s and (4)'s terms for one sample.
  func cost(_ settlement: Settlement, _ profile: CostProfile) -> Cost {
    var cost = settlement.isOffloaded ? profile.offload : .zero
    if let exit = settlement.exit {
      cost = cost + profile.exits[exit] + Double(decisions(upTo: exit)) * profile.decision
    }
    return cost
  }
}
