/// What a model that asks other servers has counted since it was loaded.
public struct TierSnapshot: Sendable, Equatable {
  /// Another server as this one sees it.
  public struct Upstream: Sendable, Equatable {
    /// Where it is.
    public let name: String
    /// How often it was asked.
    public var attempts: Int
    /// How often it failed.
    public var failures: Int
    /// Whether it has failed so often that it is left alone, but for probes.
    public var isLeftAlone: Bool

    /// Makes one.
    public init(name: String, attempts: Int, failures: Int, isLeftAlone: Bool) {
      self.name = name
      self.attempts = attempts
      self.failures = failures
      self.isLeftAlone = isLeftAlone
    }
  }

  /// How many samples were answered by whom: an early exit, the local model, the remote one, or the local
  /// one in its place.
  public let answers: [String: Int]
  /// How many samples were answered in the remote model's place, by the reason.
  public let fallbacks: [String: Int]
  /// The other servers, each name once.
  public let upstreams: [Upstream]

  /// Makes the figures of one moment.
  ///
  /// - Parameters:
  ///   - answers: samples by who answered them.
  ///   - fallbacks: fallbacks by their reason.
  ///   - upstreams: a name that is there again adds to the one before: two time series of the same labels
  ///     would be none that Prometheus takes.
  public init(answers: [String: Int], fallbacks: [String: Int], upstreams: [Upstream]) {
    self.answers = answers
    self.fallbacks = fallbacks
    self.upstreams = upstreams.reduce(into: []) { all, upstream in
      guard let place = all.firstIndex(where: { $0.name == upstream.name }) else {
        return all.append(upstream)
      }
      all[place].attempts += upstream.attempts
      all[place].failures += upstream.failures
      all[place].isLeftAlone = all[place].isLeftAlone && upstream.isLeftAlone
    }
  }
}
