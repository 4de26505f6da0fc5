/// Which of the traces that begin here are recorded.
///
/// A trace that begins elsewhere is recorded where it is there, so that it is whole or not at all.
public struct TraceSampling: Sendable, Equatable {
  /// The share of them, 0 to 1.
  public let share: Double

  /// Records a share of the traces.
  ///
  /// - Precondition: the share is from 0 to 1.
  public init(share: Double) {
    precondition((0...1).contains(share), "a share is from 0 to 1")
    self.share = share
  }

  /// All of them.
  public static let all = TraceSampling(share: 1)

  /// Whether the trace with this number is recorded: by its lower 56 bits, the random ones of W3C Trace
  /// Context, so that everybody with the same share chooses the same traces.
  func takes(traceLow: UInt64) -> Bool {
    let bits = traceLow & (1 << 56 - 1)
    return Double(bits) < share * Double(UInt64(1) << 56)
  }
}
