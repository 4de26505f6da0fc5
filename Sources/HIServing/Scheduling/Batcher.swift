internal import NIOCore

/// The requests that wait for a model, and the batches that they leave in.
///
/// A pure state machine: time and the number of busy workers come from outside. What holds:
/// - Every piece of accepted work leaves exactly once, to be run or as expired.
/// - A batch has no more samples than ``BatchingRules/maximumSize``, unless it is one larger request.
/// - Work whose deadline has passed is never run.
/// - Work of one priority leaves in the order in which it came. High work goes first; after
///   ``BatchingRules/highInARow`` pieces of it, waiting normal work has a turn.
/// - A free worker gets what waits when a preferred or full batch can be formed, when the oldest work
///   has waited for the maximum delay or half the way to its deadline, or when the queue is closed.
/// - Without a delay, what waits is shared among the free workers rather than given to the first; unless
///   batches take so short that it is best run by the one that is busy, together.
struct Batcher<Work> {
  private struct Slot {
    let work: Work
    let weight: Int
    let deadline: NIODeadline
    /// When it has waited long enough for company.
    let due: NIODeadline
  }

  let rules: BatchingRules
  /// How many samples wait.
  private(set) var waitingSamples = 0
  private(set) var isClosed = false
  private var high = CircularBuffer<Slot>()
  private var normal = CircularBuffer<Slot>()
  private var highTaken = 0
  /// No waiting work's deadline is before this.
  private var earliestDeadline = NIODeadline.distantFuture
  private var service = ServiceTime()

  init(rules: BatchingRules) {
    self.rules = rules
  }

  /// How much work waits.
  var count: Int { high.count + normal.count }

  // MARK: In

  /// Adds work at the end of its priority.
  ///
  /// - Parameter weight: how many samples it has.
  /// - Complexity: O(1); O(waiting) where the queue is full or delays are on and work has expired.
  mutating func offer(
    _ work: Work, weight: Int, priority: InferencePriority, deadline: NIODeadline,
    at now: NIODeadline
  ) -> BatcherOffer<Work> {
    guard !isClosed else { return BatcherOffer(admission: .closed, expired: []) }
    let weight = max(1, weight)
    var expired: [Work] = []
    if waitingSamples + weight > rules.queueLimit, earliestDeadline <= now {
      expired = removeExpired(at: now)
    }
    guard count == 0 || waitingSamples + weight <= rules.queueLimit else {
      return BatcherOffer(admission: .queueFull, expired: expired)
    }
    guard count == 0 || !wouldBeLate(weight, priority, deadline, at: now) else {
      return BatcherOffer(admission: .tooLate, expired: expired)
    }
    let halfway = TimeAmount.nanoseconds(max(0, (deadline - now).nanoseconds / 2))
    let patience = min(rules.maximumDelay, halfway)
    let slot = Slot(work: work, weight: weight, deadline: deadline, due: now + patience)
    switch priority {
    case .high: high.append(slot)
    case .normal: normal.append(slot)
    }
    waitingSamples += weight
    earliestDeadline = min(earliestDeadline, deadline)
    return BatcherOffer(admission: .accepted, expired: expired)
  }

  /// Accepts nothing more; what waits is still taken.
  mutating func close() {
    isClosed = true
  }

  // MARK: Out

  /// Takes the next batch, or says how long to wait for it.
  ///
  /// - Parameter busy: how many other workers run a batch now.
  /// - Complexity: O(batch); O(waiting) with a delay.
  mutating func take(busy: Int, at now: NIODeadline) -> BatcherTake<Work> {
    let expired = earliestDeadline <= now ? removeExpired(at: now) : []
    guard count > 0 else {
      return BatcherTake(batch: [], expired: expired, next: isClosed ? .finished : .waitForWork)
    }
    let due = nextDue
    guard isReady(due: due, at: now) else {
      return BatcherTake(batch: [], expired: expired, next: .waitUntil(due))
    }
    let target = targetSize(busy: busy, due: due, at: now)
    var batch: [Work] = []
    var size = 0
    while let slot = first, batch.isEmpty || size + slot.weight <= target {
      removeFirst()
      batch.append(slot.work)
      size += slot.weight
    }
    return BatcherTake(batch: batch, expired: expired, next: .run)
  }

  /// A worker ran a batch: how long samples take decides what is admitted.
  mutating func ran(samples: Int, for duration: TimeAmount) {
    service.ran(samples: samples, for: duration)
  }

  /// Whether a free worker would get a batch now.
  func isReady(at now: NIODeadline) -> Bool { count > 0 && isReady(due: nextDue, at: now) }

  /// When the work that waits is to be run at the latest while a worker is free.
  ///
  /// - Complexity: O(1) without a delay, O(waiting) with one.
  var nextDue: NIODeadline {
    guard count > 0 else { return .distantFuture }
    guard rules.maximumDelay > .zero else { return .uptimeNanoseconds(0) }
    var due = NIODeadline.distantFuture
    for slot in high { due = min(due, slot.due) }
    for slot in normal { due = min(due, slot.due) }
    return due
  }

  /// Whether work that waits while a worker runs a batch should have another worker, rather than wait for
  /// that one: with a model that takes less than waking a thread, the one after the other is as fast as
  /// side by side, and larger batches are cheaper.
  ///
  /// - Parameter start: when the last batch began. One that takes longer than such batches do is not waited
  ///   for by what comes then.
  func isWorthAnotherWorker(since start: NIODeadline, at now: NIODeadline) -> Bool {
    guard rules.maximumDelay == .zero, waitingSamples < rules.maximumSize else { return true }
    return !runsAreShort || now - start > ServiceTime.short
  }

  private var runsAreShort: Bool { !rules.asksOthers && service.isShort }

  private func isReady(due: NIODeadline, at now: NIODeadline) -> Bool {
    isClosed || due <= now || waitingSamples >= (rules.preferredSizes.first ?? rules.maximumSize)
  }

  /// How many samples the next batch should have at most.
  private func targetSize(busy: Int, due: NIODeadline, at now: NIODeadline) -> Int {
    if rules.maximumDelay == .zero {
      let free = runsAreShort ? 1 : max(1, rules.workers - busy)
      return min(rules.maximumSize, (waitingSamples + free - 1) / free)
    }
    guard waitingSamples < rules.maximumSize, !isClosed, due > now else { return rules.maximumSize }
    return rules.preferredSizes.last { $0 <= waitingSamples } ?? rules.maximumSize
  }

  private func wouldBeLate(
    _ weight: Int, _ priority: InferencePriority, _ deadline: NIODeadline, at now: NIODeadline
  ) -> Bool {
    let ahead = priority == .normal ? waitingSamples : high.reduce(0) { $0 + $1.weight }
    guard deadline != .distantFuture,
      let answer = service.timeToAnswer(ahead: ahead, weight: weight, workers: rules.workers)
    else { return false }
    // The answer's time is a mean: a quarter of what is left is for its spread and for the way back.
    return answer.nanoseconds > (deadline - now).nanoseconds / 4 * 3
  }

  // MARK: The lanes

  private var normalHasItsTurn: Bool {
    high.isEmpty || (!normal.isEmpty && highTaken >= rules.highInARow)
  }

  private var first: Slot? { normalHasItsTurn ? normal.first : high.first }

  private mutating func removeFirst() {
    let slot: Slot
    if normalHasItsTurn {
      slot = normal.removeFirst()
      highTaken = 0
    } else {
      slot = high.removeFirst()
      highTaken = normal.isEmpty ? 0 : highTaken + 1
    }
    waitingSamples -= slot.weight
    if count == 0 { earliestDeadline = .distantFuture }
  }

  private mutating func removeExpired(at now: NIODeadline) -> [Work] {
    var expired: [Work] = []
    var removed = 0
    earliestDeadline = .distantFuture
    func keep(_ lane: inout CircularBuffer<Slot>) {
      for _ in 0..<lane.count {
        let slot = lane.removeFirst()
        if slot.deadline > now {
          lane.append(slot)
        } else {
          expired.append(slot.work)
          removed += slot.weight
        }
      }
    }
    keep(&high)
    keep(&normal)
    for slot in high { earliestDeadline = min(earliestDeadline, slot.deadline) }
    for slot in normal { earliestDeadline = min(earliestDeadline, slot.deadline) }
    waitingSamples -= removed
    return expired
  }
}
