/// Looks at what the exits said and scores how much speaks for accepting the last of them.
///
/// One comparison makes the score a decision: at or above ``threshold`` the local answer is accepted,
/// below it the sample is offloaded. Because every module has this form, thresholds are searched,
/// compared and guaranteed in one way for all of them.
///
///     let module = BinaryLogisticRegression(bias: -2, weights: (4, -1), threshold: 0.5)
///     module.accepts(answers.span) ? "accept" : "offload"
public protocol DecisionModule: Sendable {
  /// The least score that is accepted.
  var threshold: Float { get set }

  /// How much speaks for accepting the newest answer; higher is surer. NaN is never accepted.
  ///
  /// - Parameter answers: what exits 1 to k said, k at least 1; the last is the one to decide on.
  /// - Complexity: allocation-free.
  func score(_ answers: Span<Observation>) -> Float
}

extension DecisionModule {
  /// Whether the newest answer is accepted: `score >= threshold`, and so never for a NaN.
  @inlinable
  public func accepts(_ answers: Span<Observation>) -> Bool {
    score(answers) >= threshold
  }
}

extension Span where Element == Observation {
  /// The newest answer: the one that a decision module decides on.
  @inlinable
  var newest: Observation { self[count - 1] }
}
