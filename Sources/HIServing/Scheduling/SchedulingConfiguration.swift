internal import Foundation

/// How a model's requests become batches, and who runs them.
public struct SchedulingConfiguration: Sendable, Equatable {
  /// Inference threads of each model, each with a worker of its own.
  public var workers = ProcessInfo.processInfo.activeProcessorCount
  /// The most samples that wait for each model; a request that finds no room is overloaded at once.
  public var queueLimit = 256
  /// The most samples that the model runs together.
  public var maximumBatch = 8
  /// How long a request may wait for others to share its batch. At zero a free worker takes what
  /// waits at once, so that batches only grow while all workers are busy.
  public var batchDelay: Duration = .zero
  /// Batch sizes that the model runs well; where one can be formed it is run without waiting for more.
  public var preferredBatches: [Int] = []

  /// Makes the default configuration.
  public init() {}
}
