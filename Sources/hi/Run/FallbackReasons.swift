import HIPlanning

extension StrategyRow {
  /// Why offloads failed, the commonest reason first: `unreachable 48, deadlineExceeded 2`.
  var fallbackWords: String {
    (fallbackReasons ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
