/// Which failures of an offload are worth another attempt, and when it is made.
///
/// Inference changes nothing on the server, so asking twice is always safe; it is only sometimes of
/// use. What the server says about the sample itself, or about the token, it would say again; where its
/// model failed another server is asked once, and another may take the token.
public struct RetryPolicy: Sendable, Equatable {
  /// The most attempts after the first; hedges are not counted.
  public var maximumRetries: Int
  /// The delay before asking the same endpoint again; it doubles with each retry of a call. Another
  /// endpoint is asked at once.
  public var initialDelay: Duration = .milliseconds(10)
  /// No delay is longer.
  public var longestDelay: Duration = .milliseconds(200)
  /// What bounds the retries of all calls together.
  public var budget = AttemptBudgetLimits(perCall: 0.2, perSecond: 2, capacity: 10)

  /// Makes a policy; without retries unless told otherwise.
  public init(maximumRetries: Int = 0) {
    precondition(maximumRetries >= 0, "retries are counted from 0")
    self.maximumRetries = maximumRetries
  }

  /// Whether another attempt could end differently, at the same endpoint or elsewhere.
  static func isWorthRetrying(_ error: OffloadError, elsewhere: Bool) -> Bool {
    switch error {
    case .unreachable, .connectionClosed, .deadlineExceeded, .overloaded, .protocolViolation,
      .otherModel:
      true
    case .modelFailed, .notAuthorised: elsewhere
    case .rejected, .circuitOpen, .cancelled: false
    }
  }

  /// When to ask again, as a delay from now; nil where the call ends with its error.
  ///
  /// - Parameters:
  ///   - retries: how many were made before.
  ///   - remaining: what is left of the call's time.
  ///   - another: whether an endpoint is at hand that this call has not asked.
  ///   - chance: 0 to 1, uniformly distributed: callers that failed together do not return together.
  func delay(
    after error: OffloadError, retries: Int, remaining: Duration, another: Bool, chance: Double
  ) -> Duration? {
    guard retries < maximumRetries, Self.isWorthRetrying(error, elsewhere: another) else {
      return nil
    }
    // Where two models have failed on a sample the others probably do too.
    if case .modelFailed = error, retries > 0 { return nil }
    guard !another else { return remaining > .zero ? .zero : nil }
    let full = min(longestDelay, initialDelay * (1 << min(retries, 20)))
    let delay = full * (1 - chance / 2)
    return delay < remaining ? delay : nil
  }
}
