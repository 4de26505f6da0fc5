import ArgumentParser
import HITransport

/// How a command treats the remote side: what one offload may take, and what it survives.
struct OffloadOptions: ParsableArguments {
  @Option(help: "The most milliseconds to connect.")
  var connectTimeout = 1000

  @Option(
    help: "The most milliseconds for one attempt; all that is left of --deadline unless given.")
  var requestTimeout: Int?

  @Option(
    help: ArgumentHelp(
      "How often a failed offload is tried again, elsewhere first.",
      discussion: "1 with several --remote, else 0, and never beyond a budget of one call in five.")
  )
  var retries: Int?

  @Flag(
    help: ArgumentHelp(
      "Ask a second time once an answer takes longer than about 95% of the earlier ones.",
      discussion:
        "Rather sooner than later: of an answer that a second one overtook no more is known than how "
        + "long it had taken until then."))
  var hedge = false

  @Option(help: "The most offloads under way together; more wait within their deadlines.")
  var maxConcurrent: Int?

  @Option(
    help: ArgumentHelp(
      "How many offloads go to the server together at most.",
      discussion: "Over http:// and grpc:// as one request. It needs as much --concurrency.",
      valueName: "samples"))
  var group = 1

  @Option(help: "The most milliseconds that an offload waits for others of its group.")
  var groupDelay = 10

  /// Whether none of the options was given.
  var isDefault: Bool {
    connectTimeout == 1000 && requestTimeout == nil && retries == nil && !hedge
      && maxConcurrent == nil && group == 1
  }

  func validate() throws {
    try Patience.check(connectTimeout, of: "--connect-timeout")
    try Patience.check(requestTimeout ?? 1, of: "--request-timeout")
    for (name, value, range) in [
      ("--retries", retries ?? 0, 0...100), ("--max-concurrent", maxConcurrent ?? 1, 1...65536),
      ("--group", group, 1...256), ("--group-delay", groupDelay, 0...60_000),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(name) is from \(range.lowerBound) to \(range.upperBound), not \(value).")
    }
  }

  /// A model behind groups, where they were asked for.
  func grouped(_ model: some RemoteModel) -> any RemoteModel {
    guard group > 1 else { return model }
    return GroupedRemoteModel(model, size: group, patience: .milliseconds(groupDelay))
  }

  /// How so many endpoints are treated.
  func resilience(endpoints: Int) -> ResilienceConfiguration {
    var configuration = ResilienceConfiguration()
    configuration.requestTimeout = requestTimeout.map { .milliseconds($0) }
    configuration.retry = RetryPolicy(maximumRetries: retries ?? (endpoints > 1 ? 1 : 0))
    configuration.hedge = hedge ? HedgePolicy() : nil
    configuration.maximumConcurrent = maxConcurrent
    // No longer than the longest pause between attempts to connect.
    configuration.breaker.longestPause = .seconds(2)
    return configuration
  }
}
