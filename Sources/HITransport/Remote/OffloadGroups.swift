/// Offloads that wait for others that are about as urgent as they are.
///
/// A pure state machine, as ``OffloadGathering`` is, of which it holds one for each urgency. Between the
/// members of a group no one has less than half of another's time left: one that is more urgent would hurry
/// the others away before their group is complete, and gathers with its like instead.
struct OffloadGroups<Member> {
  private struct Lane {
    var gathering: OffloadGathering<Member>
    var ends: [Int: ContinuousClock.Instant] = [:]

    func isAsUrgent(as end: ContinuousClock.Instant, at now: ContinuousClock.Instant) -> Bool {
      let left = end - now
      let (half, double) = (left / 2, left * 2)
      return ends.values.allSatisfy { half <= $0 - now && $0 - now <= double }
    }
  }

  private let size: Int
  private let patience: Duration
  private var lanes: [Lane] = []

  /// - Precondition: a size of at least 1.
  init(size: Int, patience: Duration) {
    precondition(size >= 1, "a group has a member")
    self.size = size
    self.patience = patience
  }

  /// When ``tick(at:)`` has to be called; nil while nobody waits.
  var due: ContinuousClock.Instant? { lanes.compactMap(\.gathering.due).min() }

  /// Adds a member; gives its group where that is complete or can wait no longer.
  ///
  /// - Parameters:
  ///   - id: names the member to ``withdraw(_:)``.
  ///   - end: when the member needs its answer.
  /// - Complexity: O(*n*) for *n* that wait.
  mutating func join(
    _ id: Int, _ member: Member, until end: ContinuousClock.Instant, at now: ContinuousClock.Instant
  ) -> [Member] {
    let place: Int
    if let fitting = lanes.firstIndex(where: { $0.isAsUrgent(as: end, at: now) }) {
      place = fitting
    } else {
      place = lanes.count
      lanes.append(Lane(gathering: OffloadGathering(size: size, patience: patience)))
    }
    let group = lanes[place].gathering.join(id, member, until: end, at: now)
    lanes[place].ends[id] = end
    if !group.isEmpty { lanes.remove(at: place) }
    return group
  }

  /// Gives the groups whose time has come.
  mutating func tick(at now: ContinuousClock.Instant) -> [[Member]] {
    var groups: [[Member]] = []
    for place in lanes.indices.reversed() {
      let group = lanes[place].gathering.tick(at: now)
      guard !group.isEmpty else { continue }
      groups.append(group)
      lanes.remove(at: place)
    }
    return groups
  }

  /// Takes a member back; nil where it has left with its group.
  mutating func withdraw(_ id: Int) -> Member? {
    guard let place = lanes.firstIndex(where: { $0.ends[id] != nil }) else { return nil }
    lanes[place].ends[id] = nil
    defer { if lanes[place].ends.isEmpty { lanes.remove(at: place) } }
    return lanes[place].gathering.withdraw(id)
  }
}
