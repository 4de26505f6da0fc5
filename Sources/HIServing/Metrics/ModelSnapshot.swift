/// What one model version has counted since it was loaded.
public struct ModelSnapshot: Sendable, Equatable {
  /// The model's name.
  public let name: String
  /// Its version.
  public let version: String
  /// How many requests ended how.
  public let requests: RequestCounts
  /// How many samples were answered.
  public let samples: Int
  /// How often the model ran; with batching less often than samples were answered.
  public let executions: Int
  /// How many samples each run had.
  public let batchSizes: Histogram
  /// How long requests waited, in seconds, those that were run.
  public let queueTime: Histogram
  /// How long the model took for each batch, in seconds.
  public let computeTime: Histogram
  /// The time from a request's last byte to its outcome, in seconds, those that were run.
  public let requestTime: Histogram
  /// How many requests wait now.
  public let waitingRequests: Int
  /// How many samples wait now.
  public let waitingSamples: Int
  /// How many samples may wait.
  public let queueLimit: Int
  /// How many inference threads it has.
  public let workers: Int
  /// How many of them run a batch now.
  public let busyWorkers: Int
  /// What it has counted of asking other servers; nil where it asks none.
  public let tier: TierSnapshot?
}

/// How many requests ended how. Every request that reached a model's scheduler is in one of them, or
/// still under way.
public struct RequestCounts: Sendable, Equatable {
  /// Answered.
  public internal(set) var answered = 0
  /// Refused at once: no room, or no hope to answer in time.
  public internal(set) var overloaded = 0
  /// Dropped because their deadline passed while they waited.
  public internal(set) var expired = 0
  /// The model failed on them.
  public internal(set) var failed = 0

  /// Makes counts of nothing.
  public init() {}
}
