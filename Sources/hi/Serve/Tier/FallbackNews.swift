/// When fallbacks are worth a line in the log: as they begin, and as upstream answers again.
///
/// A pure state machine; time comes from outside. An upstream that comes and goes is told of once in a
/// while, whatever number of samples it fails.
struct FallbackNews {
  /// What there is to tell.
  enum Line: Equatable {
    /// Samples for upstream are answered here.
    case began
    /// Upstream answers again, after so many samples that it did not.
    case ended(fallbacks: Int)
  }

  /// No beginning is told of sooner after the one before.
  static let pause: Duration = .seconds(10)

  private var isUnderWay = false
  private var began: ContinuousClock.Instant?
  private var last: ContinuousClock.Instant?
  private var fallbacks = 0

  /// A sample for upstream was answered here.
  mutating func fellBack(at now: ContinuousClock.Instant) -> Line? {
    fallbacks += 1
    last = now
    guard !isUnderWay, began.map({ now - $0 >= Self.pause }) ?? true else { return nil }
    isUnderWay = true
    began = now
    return .began
  }

  /// Upstream has answered a sample.
  ///
  /// - Parameter asked: when it was asked; what was under way as others failed says nothing.
  mutating func answered(_ asked: ContinuousClock.Instant) -> Line? {
    guard isUnderWay, let last, asked > last else { return nil }
    defer { fallbacks = 0 }
    isUnderWay = false
    return .ended(fallbacks: fallbacks)
  }
}
