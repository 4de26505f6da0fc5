internal import HIServing

extension ModelInterface {
  /// The most classes that a request may ask for by `classification`, those that there are.
  ///
  /// - Returns: what each requested output is; all outputs where none is requested.
  func outputs(
    for requested: [RequestedOutput]
  ) throws(OpenInferenceError) -> [(output: Output, classification: Int)] {
    guard !requested.isEmpty else { return Output.allCases.map { ($0, 0) } }
    var outputs: [(output: Output, classification: Int)] = []
    for wish in requested {
      guard let output = Output(rawValue: wish.name) else {
        throw .badRequest(
          "The model has no output \"\(wish.name)\"; ask for "
            + Output.allCases.map(\.rawValue).joined(separator: ", ") + ".")
      }
      guard !outputs.contains(where: { $0.output == output }) else {
        throw .badRequest("The output \"\(wish.name)\" is asked for twice; ask once.")
      }
      guard wish.classification == 0 || output.shape(classes: 1) == [1] else {
        throw .badRequest(
          "The output \"\(wish.name)\" has one value and no classification; ask for that of logits "
            + "or probabilities.")
      }
      outputs.append((output, min(wish.classification, classes.count)))
    }
    return outputs
  }

  /// The tensors of some answers, one sample along the first axis each.
  func tensors(
    of answers: [ModelAnswer], as outputs: [(output: Output, classification: Int)]
  ) -> [Tensor] {
    outputs.map { output, classification in
      let name = output.rawValue
      let shape = [answers.count] + output.shape(classes: classes.count)
      switch output {
      case .class:
        return .integers(name, shape: shape, answers.map { Int64($0.prediction) })
      case .confidence:
        return .floats(name, shape: shape, answers.map(\.confidence))
      case .logits, .probabilities:
        let rows = answers.map { output == .logits ? $0.logits : $0.probabilities }
        guard classification > 0 else {
          return .floats(name, shape: shape, rows.flatMap(\.self))
        }
        return .texts(
          name, shape: [answers.count, classification],
          rows.flatMap { highest(classification, of: $0) })
      }
    }
  }

  /// The highest values with their classes, as `value:index:label`, of equal ones the lower class first.
  private func highest(_ count: Int, of values: [Float]) -> [String] {
    values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }.prefix(count)
      .map { "\(values[$0]):\($0):\(classes[$0])" }
  }
}
