/// What a decision needs to know of one exit's answer: its class and how sure it is.
///
/// Made from the exit's logits in one pass over them, without an allocation:
///
///     let observation = Observation(logits: logits.span)
///     if observation.confidence >= 0.9 { … }
///
/// Logits that hold a NaN or an infinity give an observation whose figures are all NaN, and no
/// decision module accepts that (a comparison with NaN is false), so a broken local model offloads.
public struct Observation: Sendable, Equatable {
  /// The class with the highest softmax value; of two equal highest values, the lower class.
  public let prediction: Int
  /// The highest softmax value, 0 to 1: the paper's confidence, `p1`.
  public let confidence: Float
  /// The second highest softmax value, 0 to 0.5: `p2`. Equal to `confidence` when two classes tie.
  public let runnerUp: Float
  /// Shannon entropy of the softmax distribution in nats, 0 to `ln(classes)`.
  public let entropy: Float
  /// `ln(sum(exp(logits)))`, the negative free energy of the energy score (Liu et al., 2020,
  /// "Energy-based Out-of-distribution Detection"); NaN where only probabilities are known.
  public let logSumExp: Float

  /// Makes an observation of figures that are already known.
  public init(
    prediction: Int, confidence: Float, runnerUp: Float, entropy: Float, logSumExp: Float
  ) {
    self.prediction = prediction
    self.confidence = confidence
    self.runnerUp = runnerUp
    self.entropy = entropy
    self.logSumExp = logSumExp
  }

  /// `p1 - p2`, 0 to 1.
  public var margin: Float { confidence - runnerUp }

  /// Whether the exit gave numbers at all.
  public var isValid: Bool { confidence == confidence }
}

extension Observation {
  /// Observes an exit's logits.
  ///
  /// The softmax is taken relative to the highest logit, so that no exponential overflows; entropy is
  /// `ln Z - sum(d e^d) / Z` with `d` the distance to the highest logit and `Z = sum(e^d)`, which
  /// needs one logarithm whatever the number of classes.
  ///
  /// - Parameters:
  ///   - logits: one value a class, at least one class.
  ///   - temperature: what the logits are divided by first (temperature scaling, Guo et al., 2017);
  ///     positive.
  /// - Complexity: O(classes), allocation-free.
  public init(logits: Span<Float>, temperature: Float = 1) {
    precondition(!logits.isEmpty, "an exit has at least one class")
    precondition(temperature > 0, "a temperature is positive")
    let top = TopTwo(logits)
    let scale = 1 / temperature
    // The sum of 0 * x is NaN exactly when some x is NaN or infinite.
    var finiteCheck = SIMD4<Float>(repeating: 0)
    var total = SIMD4<Float>(repeating: 0)
    var weighted = SIMD4<Float>(repeating: 0)
    var index = 0
    while index < logits.count {
      let lanes = SIMD4<Float>(logits, from: index, padding: top.highest)
      finiteCheck += lanes * 0
      var distance = (lanes - top.highest) * scale
      if index + 4 > logits.count {
        for lane in (logits.count - index)..<4 { distance[lane] = -1000 }
      }
      let e = exponential(distance)
      total += e
      weighted += distance * e
      index += 4
    }
    guard finiteCheck.sum() == 0 else {
      self.init(
        prediction: top.index, confidence: .nan, runnerUp: .nan, entropy: .nan, logSumExp: .nan)
      return
    }
    let z = total.sum()
    let logZ = naturalLogarithm(z)
    self.init(
      prediction: top.index,
      confidence: 1 / z,
      runnerUp: logits.count == 1 ? 0 : exponential((top.second - top.highest) * scale) / z,
      entropy: max(0, logZ - weighted.sum() / z),
      logSumExp: top.highest * scale + logZ)
  }

  /// Observes an exit of which only probabilities are known, for example a published table of softmax
  /// values. `logSumExp` is NaN: probabilities do not tell it.
  ///
  /// - Parameter probabilities: one value a class, from 0 to 1, their sum 1; at least one class.
  /// - Complexity: O(classes), allocation-free.
  public init(probabilities: Span<Float>) {
    precondition(!probabilities.isEmpty, "an exit has at least one class")
    let top = TopTwo(probabilities)
    var entropy: Float = 0
    for index in probabilities.indices where probabilities[index] != 0 {
      entropy -= probabilities[index] * naturalLogarithm(probabilities[index])
    }
    let valid = entropy == entropy && top.highest <= 1.001
    self.init(
      prediction: top.index,
      confidence: valid ? top.highest : .nan,
      runnerUp: valid ? (probabilities.count == 1 ? 0 : top.second) : .nan,
      entropy: valid ? max(0, entropy) : .nan,
      logSumExp: .nan)
  }
}
