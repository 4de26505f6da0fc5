internal import NIOCore

/// The requests that wait for an inference thread, first come first served.
///
/// A pure state machine; time comes from outside. Work whose deadline has passed is handed back to be
/// refused, never to be run. Dynamic batching is to grow in ``take(at:)``.
struct RequestQueue<Work> {
  /// What becomes of new work.
  struct Offer {
    /// False where the queue is full of live work, or closed.
    let accepted: Bool
    /// Work that has expired in the queue and made room.
    let expired: [Work]
  }

  /// What an inference thread gets.
  struct Taken {
    /// The work to run, nil where there is none.
    var work: Work?
    /// Work that has expired in the queue.
    var expired: [Work] = []
    /// Whether the thread should end: the queue is closed and empty.
    var isFinished = false
  }

  private struct Slot {
    let work: Work
    let deadline: NIODeadline
  }

  /// The most work that waits.
  let limit: Int
  private var slots: [Slot?]
  private var head = 0
  /// How much work waits.
  private(set) var count = 0
  private var isClosed = false

  init(limit: Int) {
    precondition(limit > 0, "a queue has room for something")
    self.limit = limit
    self.slots = Array(repeating: nil, count: limit)
  }

  /// Adds work at the end. O(1); O(limit) where the queue is full.
  mutating func offer(_ work: Work, deadline: NIODeadline, at now: NIODeadline) -> Offer {
    guard !isClosed else { return Offer(accepted: false, expired: []) }
    var expired: [Work] = []
    if count == limit { expired = removeExpired(at: now) }
    guard count < limit else { return Offer(accepted: false, expired: expired) }
    slots[(head + count) % limit] = Slot(work: work, deadline: deadline)
    count += 1
    return Offer(accepted: true, expired: expired)
  }

  /// Takes the oldest work that is not too late. Amortised O(1).
  mutating func take(at now: NIODeadline) -> Taken {
    var taken = Taken()
    while let slot = removeFirst() {
      if slot.deadline > now {
        taken.work = slot.work
        return taken
      }
      taken.expired.append(slot.work)
    }
    taken.isFinished = isClosed
    return taken
  }

  /// Accepts nothing more; what waits is still taken.
  mutating func close() {
    isClosed = true
  }

  private mutating func removeFirst() -> Slot? {
    guard count > 0 else { return nil }
    defer {
      slots[head] = nil
      head = (head + 1) % limit
      count -= 1
    }
    return slots[head]
  }

  private mutating func removeExpired(at now: NIODeadline) -> [Work] {
    var expired: [Work] = []
    for _ in 0..<count {
      guard let slot = removeFirst() else { break }
      if slot.deadline > now {
        slots[(head + count) % limit] = slot
        count += 1
      } else {
        expired.append(slot.work)
      }
    }
    return expired
  }
}
