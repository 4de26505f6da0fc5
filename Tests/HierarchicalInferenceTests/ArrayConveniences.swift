import HierarchicalInference

// `#expect` captures its operands, which a Span does not allow; these take arrays instead.

extension Policy {
  func verdict(after answers: [Observation]) -> Verdict { verdict(after: answers.span) }
}

extension DecisionModule {
  func score(_ answers: [Observation]) -> Float { score(answers.span) }
  func accepts(_ answers: [Observation]) -> Bool { accepts(answers.span) }
}

extension DecisionFeature {
  func value(_ answers: [Observation]) -> Float { value(answers.span) }
}
