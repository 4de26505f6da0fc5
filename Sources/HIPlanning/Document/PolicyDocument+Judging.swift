public import HITrace

extension PolicyDocument {
  /// Why figures on a trace flatter the policy, where they do: it was chosen on the same split of the
  /// same data. Nil where the trace's data chose nothing, as far as names tell.
  public func warning(judgedOn trace: JoinedTrace) -> String? {
    let metadata = trace.local.metadata
    guard metadata.dataset == calibration.dataset, metadata.split == calibration.split else {
      return nil
    }
    return "The policy was chosen on the \(calibration.split) split of \(calibration.dataset), and "
      + "these figures are of the same split: they flatter it; judge it on a split that chose nothing."
  }
}
