/// Offloads that wait for others, to be sent as one group.
///
/// A pure state machine; time comes from outside. A member leaves exactly once: with its group, by
/// ``join(_:_:until:at:)`` of the last or ``tick(at:)``, or by ``withdraw(_:)``. So no more than a group
/// less one ever wait.
struct OffloadGathering<Member> {
  /// How many go together at most.
  let size: Int
  /// How long the first of a group waits for others.
  let patience: Duration
  private var waiting: [(id: Int, member: Member)] = []
  /// When ``tick(at:)`` has to be called, unless the group has gone before; nil while nobody waits.
  private(set) var due: ContinuousClock.Instant?

  /// - Precondition: a size of at least 1.
  init(size: Int, patience: Duration) {
    precondition(size >= 1, "a group has a member")
    self.size = size
    self.patience = patience
  }

  /// Adds a member; gives the group where it is complete.
  ///
  /// - Parameters:
  ///   - id: names the member to ``withdraw(_:)``.
  ///   - deadline: when the member needs its answer. It waits for others no more than half of the time
  ///     until then, and its group not longer than it.
  mutating func join(
    _ id: Int, _ member: Member, until deadline: ContinuousClock.Instant,
    at now: ContinuousClock.Instant
  ) -> [Member] {
    waiting.append((id, member))
    let latest = now + min(patience, max(.zero, (deadline - now) / 2))
    due = min(due ?? latest, latest)
    guard waiting.count >= size || latest <= now else { return [] }
    return leave()
  }

  /// Gives the group where its time has come.
  mutating func tick(at now: ContinuousClock.Instant) -> [Member] {
    guard let due, due <= now else { return [] }
    return leave()
  }

  /// Takes a member back; nil where it has left with its group.
  mutating func withdraw(_ id: Int) -> Member? {
    guard let place = waiting.firstIndex(where: { $0.id == id }) else { return nil }
    let member = waiting.remove(at: place).member
    if waiting.isEmpty { due = nil }
    return member
  }

  private mutating func leave() -> [Member] {
    defer {
      waiting = []
      due = nil
    }
    return waiting.map(\.member)
  }
}
