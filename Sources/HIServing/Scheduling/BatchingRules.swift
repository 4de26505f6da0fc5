internal import NIOCore

/// What a ``Batcher`` keeps to.
struct BatchingRules: Sendable, Equatable {
  /// The most samples of a batch. A single request that is larger leaves alone.
  var maximumSize: Int
  /// Sizes below the maximum that are run without waiting for more, ascending.
  var preferredSizes: [Int]
  /// How long work may wait for company while a worker is free.
  var maximumDelay: TimeAmount
  /// The most samples that wait.
  var queueLimit: Int
  /// How many workers share the queue.
  var workers: Int
  /// Whether a run may wait for other servers: then it can take any time, however short the ones before were.
  var asksOthers = false
  /// After so much high work in a row, work of normal priority that waits has its turn.
  var highInARow = 8

  init(_ configuration: SchedulingConfiguration, for backend: any InferenceBackend) {
    self.init(configuration)
    asksOthers = backend.tier != nil
  }

  init(_ configuration: SchedulingConfiguration) {
    maximumSize = max(1, configuration.maximumBatch)
    let maximum = maximumSize
    preferredSizes = configuration.preferredBatches.filter { $0 > 0 && $0 < maximum }.sorted()
    maximumDelay = max(.zero, TimeAmount(configuration.batchDelay))
    queueLimit = max(1, configuration.queueLimit)
    workers = max(1, configuration.workers)
  }
}
