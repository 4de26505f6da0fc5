internal import NIOCore

/// What became of work that was offered.
struct BatcherOffer<Work> {
  let admission: Admission
  /// Work that has expired in the queue and made room.
  let expired: [Work]
}

/// Whether work was taken into a queue.
enum Admission: Sendable, Equatable {
  /// It waits, and will have an outcome.
  case accepted
  /// There is no room.
  case queueFull
  /// By the pace of the batches before, its answer would come after its deadline.
  case tooLate
  /// Nothing is taken any more.
  case closed
}

/// What a free worker gets.
struct BatcherTake<Work> {
  /// What the worker does next.
  enum Next: Equatable {
    /// Run the batch.
    case run
    /// Wait until work comes.
    case waitForWork
    /// Ask again at this time, or when work comes.
    case waitUntil(NIODeadline)
    /// End: the queue is closed and empty.
    case finished
  }

  /// The work to run together; empty unless the next step is to run it.
  let batch: [Work]
  /// Work that has expired in the queue.
  let expired: [Work]
  let next: Next
}
