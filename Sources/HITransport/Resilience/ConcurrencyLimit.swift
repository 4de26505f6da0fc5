/// Lets so many calls through at a time; so many more wait in order, and the rest are refused.
///
/// A pure state machine. A waiting call leaves exactly once: by ``ended()`` of another, which gives its
/// place on, or by ``withdraw(_:)``.
struct ConcurrencyLimit<Waiter> {
  /// What a call does.
  enum Admission: Equatable {
    case go
    case wait
    case refused
  }

  /// The most calls under way.
  let limit: Int
  /// The most calls that wait.
  let waitingLimit: Int
  /// How many are under way.
  private(set) var running = 0
  private var waiting: [(id: Int, waiter: Waiter)] = []

  init(limit: Int, waitingLimit: Int = 1024) {
    precondition(limit > 0, "one call is let through at least")
    precondition(waitingLimit >= 0, "nobody can wait less than not at all")
    self.limit = limit
    self.waitingLimit = waitingLimit
  }

  /// How many calls wait.
  var waitingCount: Int { waiting.count }

  /// A call wants to begin.
  mutating func begin(_ id: Int, waiter: @autoclosure () -> Waiter) -> Admission {
    guard running >= limit else {
      running += 1
      return .go
    }
    guard waiting.count < waitingLimit else { return .refused }
    waiting.append((id, waiter()))
    return .wait
  }

  /// A call that was let through has ended; gives the one that takes its place.
  mutating func ended() -> Waiter? {
    guard waiting.isEmpty else { return waiting.removeFirst().waiter }
    running -= 1
    return nil
  }

  /// A call does not wait any more; false where it was let through before, and has to end as such.
  mutating func withdraw(_ id: Int) -> Bool {
    guard let place = waiting.firstIndex(where: { $0.id == id }) else { return false }
    waiting.remove(at: place)
    return true
  }
}
