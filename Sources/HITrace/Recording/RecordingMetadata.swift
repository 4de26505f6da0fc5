/// Which two models a recording is of.
public struct RecordingMetadata: Codable, Sendable, Equatable {
  /// The local model, and the data where the samples are of a data set.
  public var local: TraceMetadata
  /// The remote model's name.
  public var remoteName: String
  /// What identifies the remote model's weights; empty where unknown.
  public var remoteDigest: String

  /// Makes a description.
  public init(local: TraceMetadata, remoteName: String, remoteDigest: String) {
    self.local = local
    self.remoteName = remoteName
    self.remoteDigest = remoteDigest
  }

  /// Whether a recording of another run can go on in the same file.
  func isContinued(by other: RecordingMetadata) -> Bool {
    var other = other
    other.local.createdBy = local.createdBy
    return self == other
  }
}
