public import HITrace
public import HierarchicalInference

extension LogisticRegressionTraining {
  /// Trains the paper's decision module (section 3.4.2): a binary logistic regression on the two
  /// highest softmax values of an exit that tells right local answers from wrong ones.
  ///
  ///     let module = try LogisticRegressionTraining().binaryLogistic(calibration)
  ///
  /// - Parameters:
  ///   - trace: the local model's answers on the calibration split; samples to which the exit gave no
  ///     numbers are left out.
  ///   - exit: from 0; nil for the last, as in the paper.
  /// - Returns: the module with the paper's threshold of 0.5.
  /// - Throws: ``TrainingError``; of one class where the exit is always right or always wrong.
  public func binaryLogistic(
    _ trace: Trace, exit: Int? = nil
  ) throws(TrainingError) -> BinaryLogisticRegression {
    let exit = exit ?? trace.exitCount - 1
    var features: [Double] = []
    var targets: [Bool] = []
    features.reserveCapacity(trace.count * 2)
    targets.reserveCapacity(trace.count)
    for sample in 0..<trace.count {
      let observation = trace.observations[sample * trace.exitCount + exit]
      guard observation.isValid else { continue }
      features.append(Double(observation.confidence))
      features.append(Double(observation.runnerUp))
      targets.append(trace.isCorrect(sample: sample, exit: exit))
    }
    let fitted = try fit(features: features, featureCount: 2, targets: targets)
    return BinaryLogisticRegression(
      bias: Float(fitted.intercept), confidenceWeight: Float(fitted.weights[0]),
      runnerUpWeight: Float(fitted.weights[1]))
  }
}
