import HIRuntime
import HITransport

extension [Classification] {
  /// Why offloads failed, the commonest reason first: `unreachable 48, deadlineExceeded 2`.
  var fallbackReasons: String {
    var counts: [String: Int] = [:]
    for result in self {
      if case .offloadFailed(let error) = result.reason { counts[error.reason, default: 0] += 1 }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
