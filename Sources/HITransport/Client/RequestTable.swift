internal import NIOCore

/// The requests of one client that have no outcome yet, found by their number.
///
/// A pure state machine: an entry leaves it exactly once, by ``take(_:)``, ``withdraw(_:)``,
/// ``expire(at:)`` or ``drain()``, so whoever gets the entry is the one who ends the call.
struct RequestTable<Waiter> {
  /// One request under way.
  struct Entry {
    let id: UInt32
    let kind: WireKind
    let deadline: NIODeadline
    let waiter: Waiter
    /// The encoded request while it waits for a connection, nil once it is written.
    var unsent: ByteBuffer?
  }

  /// The most requests at a time.
  let limit: Int
  /// Answers that nobody waited for: late, given twice, or for a number never used.
  private(set) var ignoredAnswers = 0
  private var entries: [UInt32: Entry] = [:]

  init(limit: Int) {
    self.limit = limit
  }

  /// How many requests are under way.
  var count: Int { entries.count }

  /// When the next request runs out of time. O(n); asked once a sweep, not once a request.
  var earliestDeadline: NIODeadline? { entries.values.lazy.map(\.deadline).min() }

  /// Adds a request, or gives false where the table is full or the number is in use.
  mutating func admit(_ entry: Entry) -> Bool {
    guard entries.count < limit, entries[entry.id] == nil else { return false }
    entries[entry.id] = entry
    return true
  }

  /// The request that an answer is for; an answer for none is counted.
  mutating func take(_ id: UInt32) -> Entry? {
    guard let entry = entries[id], entry.unsent == nil else {
      ignoredAnswers += 1
      return nil
    }
    entries[id] = nil
    return entry
  }

  /// Takes out a request whose caller does not wait any more.
  mutating func withdraw(_ id: UInt32) -> Entry? {
    entries.removeValue(forKey: id)
  }

  /// Takes out the requests whose time is up.
  mutating func expire(at now: NIODeadline) -> [Entry] {
    let expired = entries.values.filter { $0.deadline <= now }
    for entry in expired { entries[entry.id] = nil }
    return expired
  }

  /// Takes out all requests.
  mutating func drain() -> [Entry] {
    defer { entries.removeAll(keepingCapacity: true) }
    return Array(entries.values)
  }

  /// The requests that still have to be written, oldest number first; they count as written now.
  mutating func takeUnsent() -> [(frame: ByteBuffer, deadline: NIODeadline)] {
    let waiting = entries.values.filter { $0.unsent != nil }.sorted { $0.id < $1.id }
    for entry in waiting { entries[entry.id]?.unsent = nil }
    return waiting.compactMap { entry in entry.unsent.map { ($0, entry.deadline) } }
  }
}
