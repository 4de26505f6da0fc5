import ArgumentParser
import HIModels
import HIServing

/// Which models `hi serve` serves, and how their requests become batches.
struct ServedModels: ParsableArguments {
  @Argument(
    help: "Model bundles, each a folder NAME.himodel; the first is served on the wire port.",
    completion: .directory)
  var bundles: [String] = []

  @Option(
    help: "A folder of models in place of bundles: NAME.himodel or NAME/VERSION/ANY.himodel.",
    completion: .directory)
  var models: String?

  @Option(help: "The model of the wire and raw ports, which name none; the first unless given.")
  var wireModel: String?

  @Option(help: "How many inference threads each model has; all cores unless given.")
  var workers: Int?

  @Option(
    name: [.customLong("queue-limit"), .customLong("queue")],
    help: "How many samples may wait for each model; one more is answered `overloaded`.")
  var queueLimit = 256

  @Option(help: "How many samples a model runs together at most.")
  var maxBatch = 8

  @Option(
    help: "Milliseconds that a request may wait for others to share its batch; 0 never waits.")
  var batchDelayMs = 0.0

  func validate() throws {
    guard bundles.isEmpty != (models == nil) else {
      throw ValidationError(
        "Give model bundles or a folder of them with --models, one of the two.")
    }
    for (name, value, range) in [
      ("--workers", workers ?? 1, 1...1024), ("--queue-limit", queueLimit, 1...1_000_000),
      ("--max-batch", maxBatch, 1...4096),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(name) is from \(range.lowerBound) to \(range.upperBound), not \(value).")
    }
    guard (0...10_000).contains(batchDelayMs) else {
      throw ValidationError("--batch-delay-ms is from 0 to 10000, not \(batchDelayMs).")
    }
  }

  /// Loads the one model of a tier.
  ///
  /// - Parameter backend: makes the tier of its bundle.
  func load(
    tier backend: (ModelBundle) async throws -> TierBackend
  ) async throws -> ModelRepository {
    guard let path = bundles.first, bundles.count == 1 else {
      throw ValidationError("A tier has one model: give one bundle beside --policy and --upstream.")
    }
    var configuration = scheduling
    configuration.workers = workers ?? TierBackend.workers
    return try await ModelRepository.load(
      .backends([try await backend(ModelBundle(at: path))]), configuration: configuration)
  }

  /// Loads them.
  ///
  /// - Parameter observer: is told what becomes of every request.
  func load(observer: ServedRequest.Observer?) async throws -> ModelRepository {
    try await ModelRepository.load(
      models.map { .folder($0) } ?? .bundles(bundles), configuration: scheduling,
      observer: observer)
  }

  private var scheduling: SchedulingConfiguration {
    var scheduling = SchedulingConfiguration()
    if let workers { scheduling.workers = workers }
    scheduling.queueLimit = queueLimit
    scheduling.maximumBatch = maxBatch
    scheduling.batchDelay = .microseconds(Int(batchDelayMs * 1000))
    return scheduling
  }
}
