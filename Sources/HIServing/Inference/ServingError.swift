/// Why a served model has no answer.
public enum ServingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The model's logits are NaN or infinite.
  case notNumbers(model: String)
  /// A worker gave more or fewer outputs than it was given samples.
  case wrongCount(expected: Int, found: Int)

  /// One sentence: what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .notNumbers(let model):
      "The model \(model) gave values that are not numbers for this sample; check the sample, or "
        + "serve the model at a higher precision."
    case .wrongCount(let expected, let found):
      "The model gave \(found) outputs for \(expected) samples; mend its InferenceWorker."
    }
  }
}
