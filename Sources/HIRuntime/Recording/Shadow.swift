public import HIData
internal import HIPlanning
public import HITrace
internal import HITransport
internal import HierarchicalInference

extension HierarchicalClassifier {
  /// Asks both models about a sample that has its answer already, whatever the policy decided on it.
  ///
  /// What a policy offloads is no random sample: another policy cannot be calibrated on it. A random
  /// share of all samples, asked of both, is.
  ///
  /// - Parameters:
  ///   - sample: of the local model's input type and shape.
  ///   - answer: the sample's answer; what the remote model said for it is not asked again.
  /// - Returns: what both say; nil where the remote model does not answer within the deadline.
  /// - Throws: the local model's own error; `CancellationError`.
  public func shadow(
    _ sample: Sample, after answer: Classification
  ) async throws -> RunRecord.Shadow? {
    let outcome = try await local.run(sample, policy: .onDevice(exitCount: local.exitCount))
    guard outcome.answers.count == local.exitCount else { return nil }
    if let remote = answer.remoteAnswer {
      return RunRecord.Shadow(answers: outcome.answers, remote: .init(remote))
    }
    // It has just failed to answer; asking again would cost a second deadline.
    if answer.wasOffloaded { return nil }
    do throws(OffloadError) {
      let remote = try await self.remote.classify(sample, deadline: deadline)
      return RunRecord.Shadow(answers: outcome.answers, remote: .init(remote))
    } catch {
      try Task.checkCancellation()
      return nil
    }
  }
}
