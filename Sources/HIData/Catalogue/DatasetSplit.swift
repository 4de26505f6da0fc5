/// A part of a data set. Each has one purpose, and no sample is in two of them.
public enum DatasetSplit: String, Sendable, CaseIterable, Codable {
  /// What models are trained on: the training records but the last 5,000.
  case train
  /// What policies are calibrated on: the last 5,000 training records.
  case calibration
  /// What figures are reported on.
  case test
}
